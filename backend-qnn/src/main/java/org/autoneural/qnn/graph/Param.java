package org.autoneural.qnn.graph;

import java.util.List;
import java.util.stream.Collectors;

/** A parameter of a node. */
public sealed interface Param {
    /** The vendor's name of the parameter. */
    String name();

    /** One number. {@code value} is exact for every type that stands here: u32, i32, F32, B8 (0 or 1). */
    record Scalar(String name, DataType type, double value) implements Param {
        /** An unsigned number, 0 to 2^32 - 1. */
        public static Scalar u32(String name, long value) {
            return new Scalar(name, DataType.U32, value);
        }

        /** A signed number. */
        public static Scalar i32(String name, int value) {
            return new Scalar(name, DataType.I32, value);
        }

        /** A real number, which becomes the nearest float. */
        public static Scalar f32(String name, double value) {
            return new Scalar(name, DataType.F32, (float) value);
        }

        /** True or false. */
        public static Scalar b8(String name, boolean value) {
            return new Scalar(name, DataType.B8, value ? 1 : 0);
        }

        @Override
        public String toString() {
            return name + " = " + (type == DataType.F32 ? String.valueOf((float) value) : String.valueOf((long) value)) + ":" + type.text();
        }
    }

    /**
     * A small static tensor of integers (strides, pads, permutations). The binding makes a tensor of its own of it, called
     * {@code <node name>/<name>}.
     *
     * @param type   u32 or i32
     * @param values row-major
     */
    record Ints(String name, DataType type, List<Integer> dims, List<Integer> values) implements Param {
        public Ints {
            dims = List.copyOf(dims);
            values = List.copyOf(values);
            if (dims.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact) != values.size()) {
                throw new IllegalArgumentException("parameter " + name + " " + dims + " has " + values.size() + " values");
            }
        }

        /** A list of u32. */
        public static Ints u32(String name, Integer... values) {
            return new Ints(name, DataType.U32, List.of(values.length), List.of(values));
        }

        /** Rows of {@code columns} numbers. */
        public static Ints rows(String name, DataType type, int columns, List<Integer> values) {
            return new Ints(name, type, List.of(values.size() / columns, columns), values);
        }

        @Override
        public String toString() {
            return name + " = " + values.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]")) + ":" + type.text()
                    + dims.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
        }
    }
}
