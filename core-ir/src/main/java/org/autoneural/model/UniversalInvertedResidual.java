package org.autoneural.model;

import org.autoneural.ir.op.Add;

/**
 * Universal inverted residual (model.md B.3, UIR), depthwise parts only where their tensors exist:
 * {@code u = N(dw_start * x)}; {@code u = act(N(W_exp * u))}; {@code u = act(N(dw_mid * u))}; {@code u = N(W_proj * u)};
 * {@code y = gamma * u (+ x)}.
 *
 * @param stride of {@code dw_mid}, or of {@code dw_start} when that is the only one
 * @param noSkip leaves the residual out where the shapes would allow it
 */
record UniversalInvertedResidual(VisionStyle style, int stride, boolean noSkip) implements VisionBlock {
    @Override
    public String build(Scope scope, String x) {
        // x: [1, C, H, W], mid: [1, E, H', W'], y: [1, O, H', W'], all f32
        boolean start = scope.has("dw_start.conv.weight");
        boolean middle = scope.has("dw_mid.conv.weight");
        if (stride > 1 && !start && !middle) {
            throw scope.fail("block " + scope.module() + " has stride " + stride
                    + " but neither dw_start.conv.weight nor dw_mid.conv.weight, which would apply it",
                    "Check that arch_def in config.json belongs to these weights.");
        }
        String u = x;
        if (start) {
            Scope dw = scope.child("dw_start");
            u = style.norm(dw.child("bn"), dw.child("conv").depthwise(u, middle ? 1 : stride));
        }
        u = expand(scope, u);
        if (middle) {
            Scope dw = scope.child("dw_mid");
            u = style.normAct(dw.child("bn"), dw.child("conv").depthwise(u, stride));
        }
        Scope project = scope.child("pw_proj");
        String projected = project.child("conv").conv2d(u, 1, 1, false);
        boolean skip = BlockEnd.adds(scope, x, projected, stride, noSkip);
        Scope norm = project.child("bn");
        if (style.layerScale()) {
            return BlockEnd.scaled(scope, style.norm(norm, projected), x, skip);
        }
        String y = style.norm(skip ? norm : norm.named(scope.value()), projected);
        return skip ? scope.add(Add.of(), y, x) : y;
    }

    private String expand(Scope scope, String x) {
        Scope expand = scope.child("pw_exp");
        return style.normAct(expand.child("bn"), expand.child("conv").conv2d(x, 1, 1, false));
    }
}
