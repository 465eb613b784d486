package org.autoneural.ir.op;

import java.util.List;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Nearest-neighbour resize: output row i reads input row {@code floor(i * H / height)} (model.md B.3 MSFA).
 *
 * @param height rows of the result
 * @param width  columns of the result
 * @param layout order of axes
 */
public record ResizeNearest(int height, int width, Layout layout) implements Op {
    static final Signature SIGNATURE = Signature.op("resize_nearest", Engine.MEMORY, "Nearest-neighbour resize")
            .any("x", "[1, C, H, W] or [1, H, W, C]")
            .anyOut("y", "[1, C, height, width] or [1, height, width, C]")
            .build();

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.rank(in.get(0), 4, "x");
        Infer.require(height >= 1 && width >= 1, "height %d and width %d must be at least 1", height, width);
        Shape x = in.get(0).shape();
        return List.of(in.get(0).withShape(layout.shape(x.dim(0), x.dim(layout.channelAxis()), height, width)));
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.layout(check, layout);
        Verify.moved(check, 0);
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        Shape x = in.get(0).shape();
        Shape y = out.get(0).shape();
        int h = x.dim(layout.heightAxis()), w = x.dim(layout.widthAxis());
        for (int b = 0; b < y.dim(0); b++) {
            for (int c = 0; c < y.dim(layout.channelAxis()); c++) {
                for (int i = 0; i < height; i++) {
                    for (int j = 0; j < width; j++) {
                        out.get(0).copyRange(layout.index(y, b, c, i, j), in.get(0),
                                layout.index(x, b, c, (int) ((long) i * h / height), (int) ((long) j * w / width)), 1);
                    }
                }
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.MEMORY, 0, 0, in, out);
    }
}
