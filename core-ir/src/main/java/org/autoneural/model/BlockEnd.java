package org.autoneural.model;

import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.Scale;

/** How the blocks end (model.md B.1): layer scale and residual, {@code gamma * y + x}, either part absent in some. */
final class BlockEnd {
    private BlockEnd() {}

    /** Whether the block adds its input: stride 1 and as many channels out as in, and the block does not refuse. */
    static boolean adds(Scope block, String x, String y, int stride, boolean noSkip) {
        return !noSkip && stride == 1 && block.graph().shape(x).equals(block.graph().shape(y));
    }

    /** {@code gamma * y}, with {@code + x} where {@code skip}; the result bears the block's name. x, y: [1, C, H, W]. */
    static String scaled(Scope block, String y, String x, boolean skip) {
        Scope scale = block.child("layer_scale");
        String scaled = (skip ? scale : scale.named(block.value())).add(new Scale(1), y, scale.constant("gamma"));
        return skip ? block.add(Add.of(), scaled, x) : scaled;
    }
}
