package org.autoneural.quantizer.encoding;

import java.util.List;

/**
 * The encoding of one tensor as a file states it, in our terms: {@code real = scale * (q - zeroPoint)}, q signed.
 *
 * @param bits       width of the integers, 1 to 32
 * @param scales     one, or one a channel of axis 0; positive and finite
 * @param zeroPoints as many
 */
record TensorEncoding(int bits, List<Double> scales, List<Long> zeroPoints) {
    TensorEncoding {
        scales = List.copyOf(scales);
        zeroPoints = List.copyOf(zeroPoints);
    }

    boolean symmetric() {
        return zeroPoints.stream().allMatch(z -> z == 0);
    }
}
