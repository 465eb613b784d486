package org.autoneural.sim.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.autoneural.ir.TensorData;

/**
 * A program's constants in the forms that kernels want them, each made once: all entry points share them, and a chunk's kernels for all
 * numbers of rows. Nobody may write to one. Thread-safe.
 */
public final class SharedConstants {
    private final Map<List<Object>, Object> made = new HashMap<>();

    /** A tensor, equal to itself alone: comparing contents would take longer than making them anew. */
    private record Itself(TensorData data) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Itself o && o.data == data;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(data);
        }
    }

    /**
     * The {@code form} that {@code make} makes.
     *
     * @param from all that decides what is made: tensors, which count as themselves, and values
     */
    public synchronized <T> T of(Class<T> form, List<?> from, Supplier<T> make) {
        List<Object> key = new ArrayList<>();
        key.add(form);
        from.forEach(part -> key.add(part instanceof TensorData data ? new Itself(data) : part));
        Object known = made.get(key);
        if (known == null) {
            known = make.get();
            made.put(key, known);
        }
        return form.cast(known);
    }

    /** Elements of an integer constant of at most 32 bits. */
    public int[] ints(TensorData data) {
        return of(int[].class, List.of(data), data::toInts);
    }

    /** Elements of an integer constant of at most 8 bits. */
    public byte[] bytes(TensorData data) {
        return of(byte[].class, List.of(data), () -> {
            int[] values = data.toInts();
            byte[] out = new byte[values.length];
            for (int i = 0; i < out.length; i++) {
                out[i] = (byte) values[i];
            }
            return out;
        });
    }

    /** Elements of an integer constant of at most 16 bits. */
    public short[] shorts(TensorData data) {
        return of(short[].class, List.of(data), () -> {
            int[] values = data.toInts();
            short[] out = new short[values.length];
            for (int i = 0; i < out.length; i++) {
                out[i] = (short) values[i];
            }
            return out;
        });
    }

    /** The matrix in tiles. */
    public Weights weights(TensorData data) {
        return of(Weights.class, List.of(data), () -> new Weights(data));
    }
}
