package org.autoneural.qnn.map;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.autoneural.ir.Node;
import org.autoneural.ir.Shape;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.ProductRescale;
import org.autoneural.ir.op.Rope;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.TensorRescale;
import org.autoneural.qnn.graph.DataType;
import org.autoneural.qnn.graph.Encoding;
import org.autoneural.qnn.graph.Encoding.ScaleOffset;
import org.autoneural.qnn.graph.Param;
import org.autoneural.qnn.graph.QnnTensor;
import org.autoneural.qnn.map.GraphMapper.Bounds;
import org.autoneural.qnn.map.GraphMapper.Raw;

/**
 * Attention. Causal scores are computed over the whole cache, where rows to come hold stale or zero keys; before the softmax they
 * are replaced by a value {@value #MASK_DEPTH} below the least score, whose probability rounds to zero: e^-24 times 4096 keys is
 * less than a hundredth of a step of 2^-15. So the scores' range reaches that far down.
 */
final class AttentionMapping {
    /** How far below the least score masked scores lie, in natural logarithms. */
    static final int MASK_DEPTH = 24;
    private static final int LARGEST_16 = 65_535;

    private AttentionMapping() {}

    /** a [H, M, K] as [G, H/G * M, K], so that heads that share a key head are rows of one product. */
    static void matMul(Node node, GraphMapper out) {
        MatMul op = (MatMul) node.op();
        String y = node.output();
        ProductRescale form = op.integer().orElseThrow();
        Shape a = out.shape(node.input(0));
        int groups = out.shape(node.input(1)).dim(0);
        int rows = a.dim(0) / groups * a.dim(1);
        boolean masked = op.causal() && op.transposeB() && maskedLater(y, out);
        DataType computed = masked ? DataType.U16 : GraphMapper.widest(out.type(node.input(0)), out.type(y));
        QnnTensor first = out.tensor(node.input(0));
        QnnTensor x = computed == DataType.U16 ? out.wide(first) : first;
        if (groups != a.dim(0)) {
            out.change("MAP-HEADS");
            x = out.reshape(x, x.name() + "/heads", List.of(groups, rows, a.dim(2)));
        }
        List<Param> params = op.transposeB() ? List.of(Param.Scalar.b8("transpose_in1", true)) : List.of();
        List<Integer> dims = List.of(groups, rows, out.shape(y).dim(2));
        QnnTensor second = second(out.tensor(node.input(1)), out);
        if (masked) {
            out.change("MAP-CAUSAL");
            Encoding range = maskable((ScaleOffset) out.encoding(y), out.type(y));
            QnnTensor scores = out.writer().node("MatMul", params, dims.equals(out.dims(y)) ? y : y + "/raw", DataType.U16, dims, range, x, second);
            out.put(y, out.reshape(scores, y, out.dims(y)));
            return;
        }
        Raw raw = out.raw(y, computed);
        out.produce(y, "MatMul", params, new Raw(computed, dims, raw.encoding()), Optional.of(new Bounds(form.min(), form.max())), x, second);
    }

    /** Whether only causal softmaxes read {@code scores}. */
    private static boolean maskedLater(String scores, GraphMapper out) {
        return !out.graph().outputs().contains(scores)
                && out.graph().consumers(scores).stream().allMatch(n -> n.op() instanceof Softmax s && s.causal());
    }

    /** The second operand, in 8 bits where the architecture takes no more. */
    private static QnnTensor second(QnnTensor b, GraphMapper out) {
        if (b.type() != DataType.U16 || out.htp().allows("MatMul", 1, DataType.U16.text())) {
            return b;
        }
        out.change("MAP-MATMUL8");
        ScaleOffset e = (ScaleOffset) b.encoding();
        int offset = Math.round(e.offset() / 256f);
        return out.convert(b, b.name() + "/8", DataType.U8, new ScaleOffset(e.scale() * 256, offset));
    }

    /** The range of {@code scores}, in 16 bits, with room for masked ones below. */
    private static ScaleOffset maskable(ScaleOffset scores, DataType type) {
        double largest = type == DataType.U16 ? LARGEST_16 : 255;
        double least = (double) scores.offset() * scores.scale() - MASK_DEPTH;
        double most = (largest + scores.offset()) * scores.scale();
        double scale = (most - least) / LARGEST_16;
        return new ScaleOffset((float) scale, (int) Math.floor(least / scale));
    }

    static void softmax(Node node, GraphMapper out) {
        String y = node.output();
        QnnTensor x = out.tensor(node.input(0));
        boolean causal = ((Softmax) node.op()).causal();
        DataType computed = causal ? DataType.U16 : GraphMapper.widest(x.type(), out.type(y));
        QnnTensor in = causal ? masked(node, x, out) : computed == DataType.U16 ? out.wide(x) : x;
        out.produce(y, "Softmax", List.of(), out.raw(y, computed), Optional.empty(), in);
    }

    /** Scores [H, M, N] where token {@code pos + m} may look at column n; the least value of the range elsewhere. */
    private static QnnTensor masked(Node node, QnnTensor scores, GraphMapper out) {
        Shape shape = out.shape(node.input(0));
        QnnTensor x = scores;
        if (scores.encoding().equals(out.encoding(node.input(0)))) {
            // not made for it: its own range may have no room
            out.change("MAP-CONVERT");
            x = out.convert(scores, node.name() + "/maskable", DataType.U16, maskable((ScaleOffset) scores.encoding(), scores.type()));
        }
        out.change("MAP-CAUSAL");
        QnnTensor past = past(node.input(1), shape.dim(1), shape.dim(2), out);
        QnnTensor least = out.writer().constant(node.name() + "/least", DataType.U16, List.of(1, 1, 1), x.encoding(), () -> Statics.shorts(0));
        return out.writer().node("ElementWiseSelect", List.of(), node.name() + "/masked", DataType.U16, shape.dims(), x.encoding(), past, x, least);
    }

    /** [1, M, N] truth: column n is at most {@code pos + m}. Once for all layers. */
    private static QnnTensor past(String pos, int m, int n, GraphMapper out) {
        GraphWriter w = out.writer();
        String name = "past/" + pos + "/" + m + "x" + n;
        return w.once(name, () -> {
            QnnTensor ends = RowMapping.offsets(pos, IntStream.rangeClosed(1, m).toArray(), out);
            QnnTensor column = out.reshape(ends, ends.name() + "/column", List.of(1, m, 1));
            QnnTensor columns = w.constant("columns/" + n, DataType.I32, List.of(1, 1, n), new Encoding.None(), () -> Statics.ints(IntStream.range(0, n).toArray()));
            return w.node("ElementWiseGreater", List.of(), name, DataType.B8, List.of(1, m, n), new Encoding.None(), column, columns);
        });
    }

    /** Rotate-half: both halves times cosine and sine of their row, then difference and sum. */
    static void rope(Node node, GraphMapper out) {
        TensorRescale form = ((Rope) node.op()).integer().orElseThrow();
        String y = node.output();
        Shape shape = out.shape(y);
        int n = shape.dim(0);
        int half = shape.dim(2) / 2;
        List<Integer> halves = List.of(n, shape.dim(1), half);
        GraphWriter w = out.writer();
        out.change("MAP-ROPE");
        QnnTensor x = out.wide(out.tensor(node.input(0)));
        QnnTensor low = w.result(y + "/low", DataType.U16, halves, x.encoding());
        QnnTensor high = w.result(y + "/high", DataType.U16, halves, x.encoding());
        w.node("Split", List.of(Param.Scalar.u32("axis", 2), Param.Ints.u32("split_index", half)), List.of(low, high), x);
        QnnTensor cos = angles(node.input(1), node.input(3), n, half, out);
        QnnTensor sin = angles(node.input(2), node.input(3), n, half, out);
        Raw turned = out.raw(y, DataType.U16);
        QnnTensor lowTurned = w.node("ElementWiseSubtract", List.of(), y + "/low.turned", DataType.U16, halves, turned.encoding(),
                times(low, cos, y + "/low.cos", out), times(high, sin, y + "/high.sin", out));
        QnnTensor highTurned = w.node("ElementWiseAdd", List.of(), y + "/high.turned", DataType.U16, halves, turned.encoding(),
                times(high, cos, y + "/high.cos", out), times(low, sin, y + "/low.sin", out));
        out.produce(y, "Concat", List.of(Param.Scalar.u32("axis", 2)), turned, Optional.of(new Bounds(form.min(), form.max())), lowTurned, highTurned);
    }

    /** No product with a sine or cosine is larger than the value, so the value's encoding holds it. */
    private static QnnTensor times(QnnTensor x, QnnTensor angle, String name, GraphMapper out) {
        return out.writer().node("ElementWiseMultiply", List.of(), name, DataType.U16, x.dims(), x.encoding(), x, angle);
    }

    /** Rows {@code pos .. pos + n - 1} of a table [P, half] as [n, 1, half]; rows beyond it are like its last. */
    private static QnnTensor angles(String table, String pos, int n, int half, GraphMapper out) {
        GraphWriter w = out.writer();
        String name = table + "/" + n;
        QnnTensor rows = w.once(name, () -> {
            QnnTensor index = RowMapping.offsets(pos, IntStream.range(0, n).toArray(), out);
            int positions = out.shape(table).dim(0);
            QnnTensor longer = w.constant(table, DataType.U16, List.of(positions + n - 1, half), Encoding.activation(out.quant(table)),
                    () -> Statics.unsignedWithLastRow(out.constant(table), n - 1));
            return w.node("Gather", List.of(Param.Scalar.i32("axis", 0)), name, DataType.U16, List.of(n, half), longer.encoding(), longer, index);
        });
        return out.reshape(rows, name + "/heads", List.of(n, 1, half));
    }
}
