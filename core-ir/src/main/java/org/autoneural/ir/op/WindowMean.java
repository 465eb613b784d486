package org.autoneural.ir.op;

import java.util.List;

/**
 * Average pooling of stored values ({@link org.autoneural.ir.math.IntMean}): the mean of the window's values that lie in the
 * tensor, padding not counted, halves away from zero, then bounds. The encoding does not change.
 *
 * @param pads rows and columns added: top, left, bottom, right; smaller than the window
 * @param min  smallest result
 * @param max  largest result
 */
public record WindowMean(List<Integer> pads, int min, int max) {
    public WindowMean {
        pads = List.copyOf(pads);
    }

    void verify(NodeCheck check, int kernelH, int kernelW) {
        Verify.moved(check, 0);
        Verify.range(check, min, max);
        Verify.window(check, pads, kernelH, kernelW);
    }
}
