package org.autoneural.model;

import java.util.List;
import org.autoneural.ir.Shape;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.ResizeBilinear;
import org.autoneural.ir.op.ResizeNearest;

/**
 * Multi-scale fusion adapter (model.md B.3, MSFA): the feature maps, all brought to the extent of the first by nearest
 * neighbours and joined on channels, pass a UIR without depthwise parts, layer scale and residual; the result is averaged
 * (or, where the extents do not divide, resized bilinearly) to a fixed resolution and normalised.
 *
 * @param rows    of the result
 * @param columns of the result
 */
record MultiScaleFusion(VisionStyle style, int rows, int columns) {
    /** features: [1, C_i, H_i, W_i], the first has the highest resolution; the result: [1, O, rows, columns]. */
    String build(Scope scope, List<String> features) {
        Shape high = scope.graph().shape(features.get(0));
        String joined = features.get(0);
        for (int i = 1; i < features.size(); i++) {
            String feature = features.get(i);
            Shape shape = scope.graph().shape(feature);
            if (shape.dim(2) != high.dim(2) || shape.dim(3) != high.dim(3)) {
                feature = scope.addInner(new ResizeNearest(high.dim(2), high.dim(3), Layout.NCHW), "up" + i, feature);
            }
            joined = scope.addInner(new Concat(1), "joined" + i, joined, feature);
        }
        VisionStyle plain = new VisionStyle(style.epsilon(), style.activation(), false);
        String fused = new UniversalInvertedResidual(plain, 1, true).build(scope.child("ffn"), joined);
        return style.norm(scope.child("norm").named(scope.value()), shrink(scope, fused, high.dim(2), high.dim(3)));
    }

    private String shrink(Scope scope, String x, int height, int width) {
        if (height == rows && width == columns) {
            return x;
        }
        if (height % rows == 0 && width % columns == 0) {
            return scope.addInner(AvgPool2d.of(height / rows, width / columns, Layout.NCHW), "pool", x);
        }
        return scope.addInner(ResizeBilinear.of(rows, columns, Layout.NCHW), "resize", x);
    }
}
