package org.autoneural.quantizer.lower;

import java.util.HashMap;
import java.util.Map;
import org.autoneural.ir.TensorData;

/** The integer constants of all entry points: equal ones of one name are one object, so that they are stored once. */
final class ConstantPool {
    /** A constant under the name that it got. */
    record Named(String name, TensorData data) {}

    private final Map<String, TensorData> constants = new HashMap<>();

    /**
     * Adds {@code data} as {@code name}, or as {@code otherwise} where {@code name} is taken by other values (a table that is
     * read by two ops has two sets of multipliers).
     */
    Named add(String name, String otherwise, TensorData data) {
        for (String candidate : new String[] {name, otherwise}) {
            TensorData before = constants.putIfAbsent(candidate, data);
            if (before == null || same(before, data)) {
                return new Named(candidate, before == null ? data : before);
            }
        }
        throw new IllegalStateException("integer constant %" + otherwise + " would have two values: two nodes of one name differ");
    }

    /** The constant that was added under {@code name}. */
    TensorData get(String name) {
        return constants.get(name);
    }

    private static boolean same(TensorData a, TensorData b) {
        return a == b || a.equals(b) || a instanceof QuantizedData x && b instanceof QuantizedData y && x.sameAs(y);
    }
}
