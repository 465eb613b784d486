package org.autoneural.model;

import org.autoneural.ir.op.Add;

/**
 * Edge residual (model.md B.3, ER): {@code y = N(W_pwl * act(N(W_exp * x)))}, {@code + x} where stride is 1 and channels
 * stay. W_exp is a full convolution; no activation after the second norm, no layer scale.
 *
 * @param stride of the expansion
 * @param noSkip leaves the residual out where the shapes would allow it
 */
record EdgeResidual(VisionStyle style, int stride, boolean noSkip) implements VisionBlock {
    @Override
    public String build(Scope scope, String x) {
        // x: [1, C, H, W], mid: [1, E, H', W'], y: [1, O, H', W'], all f32
        String mid = style.normAct(scope.child("bn1"), scope.child("conv_exp").conv2d(x, stride, 1, false));
        String projected = scope.child("conv_pwl").conv2d(mid, 1, 1, false);
        boolean skip = BlockEnd.adds(scope, x, projected, stride, noSkip);
        Scope norm = scope.child("bn2");
        String y = style.norm(skip ? norm : norm.named(scope.value()), projected);
        return skip ? scope.add(Add.of(), y, x) : y;
    }
}
