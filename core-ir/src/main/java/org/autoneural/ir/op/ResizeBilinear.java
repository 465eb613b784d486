package org.autoneural.ir.op;

import java.util.List;
import java.util.Optional;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Bilinear resize, align_corners false, no antialias: output row i looks at input coordinate
 * {@code max((i + 1/2) * H / height - 1/2, 0)} and mixes the rows around it by its fraction; columns alike.
 *
 * <p>Integers: the coordinate is the exact fraction {@code ((2i + 1) H - height) / (2 height)}; the four products are summed
 * exactly over the common denominator {@code 4 * height * width}, which {@link TensorRescale}'s multiplier divides out.
 *
 * @param height  rows of the result
 * @param width   columns of the result
 * @param layout  order of axes
 * @param integer integer form; empty before the INTEGER stage
 */
public record ResizeBilinear(int height, int width, Layout layout, Optional<TensorRescale> integer) implements Op {
    static final Signature SIGNATURE = Signature.op("resize_bilinear", Engine.VECTOR, "Bilinear resize")
            .in("x", Signature.ACTIVATION, "[1, C, H, W] or [1, H, W, C]")
            .out("y", Signature.ACTIVATION, "[1, C, height, width] or [1, height, width, C]")
            .build();

    /** To {@code height} x {@code width}, before the INTEGER stage. */
    public static ResizeBilinear of(int height, int width, Layout layout) {
        return new ResizeBilinear(height, width, layout, Optional.empty());
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.rank(in.get(0), 4, "x");
        Infer.require(height >= 1 && width >= 1, "height %d and width %d must be at least 1", height, width);
        Shape x = in.get(0).shape();
        return Infer.result(in.get(0), layout.shape(x.dim(0), x.dim(layout.channelAxis()), height, width));
    }

    /** Numerator over {@code 2 * to} of the input coordinate of output index {@code i}. */
    private static long coordinate(int i, int from, int to) {
        return Math.max(0, (2L * i + 1) * from - to);
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.layout(check, layout);
        if (Verify.integerForm(check, integer)) {
            integer.get().verify(check);
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (!Infer.isFloat(in)) {
            evaluateIntegers(in.get(0), out.get(0), Operands.integerForm(this, integer));
            return;
        }
        Shape x = in.get(0).shape();
        Shape y = out.get(0).shape();
        int h = x.dim(layout.heightAxis()), w = x.dim(layout.widthAxis());
        float[] xs = in.get(0).toFloats(), ys = out.get(0).toFloats();
        for (int b = 0; b < y.dim(0); b++) {
            for (int c = 0; c < y.dim(layout.channelAxis()); c++) {
                for (int i = 0; i < height; i++) {
                    long row = coordinate(i, h, height);
                    int r0 = (int) (row / (2L * height)), r1 = Math.min(r0 + 1, h - 1);
                    float fr = (float) (row % (2L * height)) / (2 * height);
                    for (int j = 0; j < width; j++) {
                        long column = coordinate(j, w, width);
                        int c0 = (int) (column / (2L * width)), c1 = Math.min(c0 + 1, w - 1);
                        float fc = (float) (column % (2L * width)) / (2 * width);
                        float top = xs[layout.index(x, b, c, r0, c0)] * (1 - fc) + xs[layout.index(x, b, c, r0, c1)] * fc;
                        float bottom = xs[layout.index(x, b, c, r1, c0)] * (1 - fc) + xs[layout.index(x, b, c, r1, c1)] * fc;
                        ys[layout.index(y, b, c, i, j)] = top * (1 - fr) + bottom * fr;
                    }
                }
            }
        }
    }

    private void evaluateIntegers(TensorData x, Tensor y, TensorRescale form) {
        Shape xs = x.shape(), ys = y.shape();
        int h = xs.dim(layout.heightAxis()), w = xs.dim(layout.widthAxis());
        int[] values = x.toInts();
        for (int b = 0; b < ys.dim(0); b++) {
            for (int c = 0; c < ys.dim(layout.channelAxis()); c++) {
                for (int i = 0; i < height; i++) {
                    long row = coordinate(i, h, height), rows = 2L * height;
                    int r0 = (int) (row / rows), r1 = Math.min(r0 + 1, h - 1);
                    long fr = row % rows;
                    for (int j = 0; j < width; j++) {
                        long column = coordinate(j, w, width), columns = 2L * width;
                        int c0 = (int) (column / columns), c1 = Math.min(c0 + 1, w - 1);
                        long fc = column % columns;
                        long top = (values[layout.index(xs, b, c, r0, c0)] - form.zeroIn()) * (columns - fc)
                                + (values[layout.index(xs, b, c, r0, c1)] - form.zeroIn()) * fc;
                        long bottom = (values[layout.index(xs, b, c, r1, c0)] - form.zeroIn()) * (columns - fc)
                                + (values[layout.index(xs, b, c, r1, c1)] - form.zeroIn()) * fc;
                        y.setLong(layout.index(ys, b, c, i, j), form.apply(top * (rows - fr) + bottom * fr));
                    }
                }
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, 4 * Infer.elements(out), in, out);
    }
}
