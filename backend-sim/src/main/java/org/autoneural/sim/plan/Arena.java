package org.autoneural.sim.plan;

import java.util.Map;
import java.util.Optional;
import org.autoneural.ir.DType;

/** The typed arrays of a {@link Region}. A tensor lies in exactly one of them and never changes to another. */
public enum Arena {
    /** {@code byte[]}: s8 and u8. */
    BYTES(1),
    /** {@code short[]}: s16. */
    SHORTS(2),
    /** {@code int[]}: s32. */
    INTS(4);

    /** Tensors begin at multiples of this many bytes: a cache line, so that threads do not share one at a tensor's edge. */
    private static final int ALIGNMENT_BYTES = 64;

    private final int elementBytes;

    Arena(int elementBytes) {
        this.elementBytes = elementBytes;
    }

    /** The arena for elements of {@code type}; empty when no kernel works on such elements. */
    public static Optional<Arena> of(DType type) {
        return switch (type) {
            case S8, U8 -> Optional.of(BYTES);
            case S16 -> Optional.of(SHORTS);
            case S32 -> Optional.of(INTS);
            default -> Optional.empty();
        };
    }

    /** Bytes of one element of the array. */
    public int elementBytes() {
        return elementBytes;
    }

    /** Bytes of arrays of these numbers of elements together. */
    public static long sizeBytes(Map<Arena, Integer> elements) {
        return elements.entrySet().stream().mapToLong(e -> (long) e.getValue() * e.getKey().elementBytes).sum();
    }

    /** {@code elements} rounded up to the alignment, in elements. */
    public long align(long elements) {
        int step = ALIGNMENT_BYTES / elementBytes;
        return (elements + step - 1) / step * step;
    }
}
