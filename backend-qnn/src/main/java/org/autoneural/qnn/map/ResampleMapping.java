package org.autoneural.qnn.map;

import java.util.List;
import java.util.Optional;
import org.autoneural.ir.Node;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.MaxPool2d;
import org.autoneural.ir.op.TensorRescale;
import org.autoneural.qnn.graph.DataType;
import org.autoneural.qnn.graph.Param;
import org.autoneural.qnn.graph.Param.Ints;
import org.autoneural.qnn.graph.QnnTensor;
import org.autoneural.qnn.map.GraphMapper.Bounds;

/** Pictures made smaller or larger. */
final class ResampleMapping {
    private ResampleMapping() {}

    static void avgPool2d(Node node, GraphMapper out) {
        AvgPool2d op = (AvgPool2d) node.op();
        TensorRescale form = op.integer().orElseThrow(() -> new Refusal("an average of stored values with padding", "an average of real values",
                "import the model as float and quantize it here"));
        QnnTensor x = out.tensor(node.input(0));
        DataType computed = GraphMapper.widest(x.type(), out.type(node.output()));
        out.produce(node.output(), "PoolAvg2d", window(op.kernelH(), op.kernelW(), op.strideH(), op.strideW(), List.of(0, 0, 0, 0)),
                out.raw(node.output(), computed), Optional.of(new Bounds(form.min(), form.max())), computed == DataType.U16 ? out.wide(x) : x);
    }

    static void maxPool2d(Node node, GraphMapper out) {
        MaxPool2d op = (MaxPool2d) node.op();
        QnnTensor x = out.tensor(node.input(0));
        out.produce(node.output(), "PoolMax2d", window(op.kernelH(), op.kernelW(), op.strideH(), op.strideW(), op.pads()),
                new GraphMapper.Raw(x.type(), out.dims(node.output()), x.encoding()), Optional.of(new Bounds(op.min(), op.max())), x);
    }

    private static List<Param> window(int h, int w, int strideH, int strideW, List<Integer> pads) {
        return List.of(Ints.u32("filter_size", h, w), Ints.u32("stride", strideH, strideW),
                Ints.rows("pad_amount", DataType.U32, 2, List.of(pads.get(0), pads.get(2), pads.get(1), pads.get(3))));
    }

    /** Rounding down of {@code i * H / height}: neither aligned corners nor half pixels. */
    static void resizeNearest(Node node, GraphMapper out) {
        out.move(node.output(), "ResizeNearestNeighbor", List.of(), out.tensor(node.input(0)));
    }

    static void resizeBilinear(Node node, GraphMapper out) {
        QnnTensor x = out.tensor(node.input(0));
        out.move(node.output(), "ResizeBilinear", List.of(Param.Scalar.b8("half_pixel_centers", true)), x);
    }
}
