package org.autoneural.qnn.graph;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A tensor of a graph.
 *
 * @param name     unique in its graph
 * @param role     who writes and reads it
 * @param type     element type
 * @param dims     extents, outermost first; pictures are [batch, height, width, channel]
 * @param encoding of fixed-point types always one, of others {@link Encoding.None}
 * @param data     of static tensors, the values; empty otherwise
 */
public record QnnTensor(String name, Role role, DataType type, List<Integer> dims, Encoding encoding, Optional<StaticData> data) {
    /** Who writes and reads a tensor; the numbers are those of the vendor's binary interface. */
    public enum Role {
        /** Input of the graph. */
        APP_WRITE(0),
        /** Output of the graph. */
        APP_READ(1),
        /** Between nodes. */
        NATIVE(3),
        /** Constant. */
        STATIC(4);

        private final int code;

        Role(int code) {
            this.code = code;
        }

        /** The number that stands for it in the vendor's binary interface. */
        public int code() {
            return code;
        }

        /** The name in printed graphs: {@code app-write}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public QnnTensor {
        dims = List.copyOf(dims);
        require(!dims.isEmpty(), name, "has no axes; the vendor's tensors have at least one");
        require(type.isFixedPoint() != encoding instanceof Encoding.None, name, "of " + type.text() + " has encoding " + encoding);
        require(data.isPresent() == (role == Role.STATIC), name, "is " + role.text() + (data.isPresent() ? " and has data" : " without data"));
        long size = sizeBytes(type, dims);
        data.ifPresent(d -> require(d.sizeBytes() == size, name, "has " + d.sizeBytes() + " bytes of data and " + size + " by its type"));
    }

    /** Number of elements. */
    public long elements() {
        return dims.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    /** Bytes of all elements as they are handed to the vendor. */
    public long sizeBytes() {
        return sizeBytes(type, dims);
    }

    private static long sizeBytes(DataType type, List<Integer> dims) {
        return dims.stream().mapToLong(Integer::longValue).reduce(type.sizeBytes(), Math::multiplyExact);
    }

    private static void require(boolean ok, String name, String what) {
        if (!ok) {
            throw new IllegalArgumentException("tensor " + name + " " + what);
        }
    }

    /** {@code U16[1,64,64,32] scale 0.01 offset -32768} */
    @Override
    public String toString() {
        return type.text() + dims.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"))
                + (encoding instanceof Encoding.None ? "" : " " + encoding);
    }
}
