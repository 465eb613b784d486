package org.autoneural.sim.kernel;

import java.util.Arrays;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.TensorType;
import org.autoneural.sim.plan.Arena;
import org.autoneural.sim.plan.Placement;
import org.autoneural.sim.plan.Region;

/** Where an operand or a result of a kernel lies: in a context's memory, or in an array of its own when it is a constant. */
public final class Slot {
    private final TensorType type;
    private final Region region;
    private final Arena arena;
    private final Optional<Object> constant;
    private final int offset;
    private final int length;

    private Slot(TensorType type, Region region, Arena arena, Optional<Object> constant, int offset) {
        this.type = type;
        this.region = region;
        this.arena = arena;
        this.constant = constant;
        this.offset = offset;
        this.length = (int) type.shape().elements();
    }

    /** A place in memory. */
    public static Slot of(Placement place) {
        return new Slot(place.type(), place.region(), place.arena(), Optional.empty(), place.offset());
    }

    /** A whole array ({@code byte[]}, {@code short[]} or {@code int[]} as {@code arena} says). */
    public static Slot constant(TensorType type, Arena arena, Object array) {
        return new Slot(type, Region.WORK, arena, Optional.of(array), 0);
    }

    /** Element type, shape and encoding of the tensor. */
    public TensorType type() {
        return type;
    }

    /** Index of the tensor's first element in its array. */
    public int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    /** Whether elements lie in an array of bytes. */
    public boolean isBytes() {
        return arena == Arena.BYTES;
    }

    boolean isUnsigned() {
        return type.dtype() == DType.U8;
    }

    /** Whether both are the same place, of one view or another. */
    boolean samePlace(Slot other) {
        return constant.isEmpty() && other.constant.isEmpty() && region == other.region && arena == other.arena && offset == other.offset;
    }

    /** The array of a slot of bytes; {@link #offset} is where the tensor begins. */
    public byte[] bytes(Memory memory) {
        return constant.isPresent() ? (byte[]) constant.get() : memory.of(region).bytes;
    }

    /** The array of a slot of shorts; {@link #offset} is where the tensor begins. */
    public short[] shorts(Memory memory) {
        return constant.isPresent() ? (short[]) constant.get() : memory.of(region).shorts;
    }

    /** The array of a slot of ints; {@link #offset} is where the tensor begins. */
    public int[] ints(Memory memory) {
        return constant.isPresent() ? (int[]) constant.get() : memory.of(region).ints;
    }

    /** The array, whatever its element type, for {@link System#arraycopy}. */
    Object array(Memory memory) {
        return constant.isPresent() ? constant.get() : memory.of(region).of(arena);
    }

    /** Element 0 of an s32 tensor: a position or a count. */
    public int scalar(Memory memory) {
        return ints(memory)[offset];
    }

    /**
     * Element 0 of an s32 tensor as a position.
     *
     * @throws IllegalArgumentException when it is negative
     */
    public int position(Memory memory) {
        int position = scalar(memory);
        if (position < 0) {
            throw new IllegalArgumentException("position " + position + " must be at least 0");
        }
        return position;
    }

    /** Copies {@code count} elements at {@code from} of this tensor to {@code to} of {@code target}, which has the same element type. */
    void copyTo(Memory memory, int from, Slot target, int to, int count) {
        System.arraycopy(array(memory), offset + from, target.array(memory), target.offset + to, count);
    }

    /** {@code target[at + i] = element from+i - zero} of an s8, u8 or s16 tensor, or of an s32 one, whose zero is 0. */
    void read(Memory memory, KernelProvider kernels, int from, int count, int zero, int[] target, int at) {
        if (arena == Arena.INTS) {
            System.arraycopy(ints(memory), offset + from, target, at, count);
        } else if (!isBytes()) {
            kernels.widen(shorts(memory), offset + from, count, zero, target, at);
        } else if (isUnsigned()) {
            byte[] x = bytes(memory);
            for (int i = 0; i < count; i++) {
                target[at + i] = (x[offset + from + i] & 0xFF) - zero;
            }
        } else {
            kernels.widen(bytes(memory), offset + from, count, zero, target, at);
        }
    }

    /** {@code element to+i = source[at + i]}, which fits. */
    void write(Memory memory, KernelProvider kernels, int to, int count, int[] source, int at) {
        if (isBytes()) {
            byte[] y = bytes(memory);
            for (int i = 0; i < count; i++) {
                y[offset + to + i] = (byte) source[at + i];
            }
        } else if (arena == Arena.INTS) {
            System.arraycopy(source, at, ints(memory), offset + to, count);
        } else {
            kernels.narrow(source, at, count, shorts(memory), offset + to);
        }
    }

    /** Sets {@code count} elements from {@code to} on to {@code value}. */
    void fill(Memory memory, int to, int count, int value) {
        if (isBytes()) {
            Arrays.fill(bytes(memory), offset + to, offset + to + count, (byte) value);
        } else {
            Arrays.fill(shorts(memory), offset + to, offset + to + count, (short) value);
        }
    }
}
