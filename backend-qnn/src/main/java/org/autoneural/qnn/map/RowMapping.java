package org.autoneural.qnn.map;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.op.Gather;
import org.autoneural.qnn.graph.DataType;
import org.autoneural.qnn.graph.Encoding;
import org.autoneural.qnn.graph.Encoding.None;
import org.autoneural.qnn.graph.Encoding.ScaleOffset;
import org.autoneural.qnn.graph.Param;
import org.autoneural.qnn.graph.Param.Ints;
import org.autoneural.qnn.graph.QnnTensor;
import org.autoneural.qnn.map.GraphMapper.Bounds;

/** Rows that are read and written at positions which are inputs: Gather, StridedSlice, ScatterNd and 32-bit index arithmetic. */
final class RowMapping {
    private static final int LARGEST_16 = 65_535;
    private static final int HALF_8 = 128;

    private RowMapping() {}

    /** i32 [k]: {@code index + offsets[i]}; static when the index is a constant. Made once for all nodes that need it. */
    static QnnTensor offsets(String index, int[] offsets, GraphMapper out) {
        GraphWriter w = out.writer();
        String suffix = offsets.length == 1 ? signed(offsets[0]) : signed(offsets[0]) + ".." + signed(offsets[offsets.length - 1]);
        if (out.graph().isConstant(index)) {
            int base = out.constant(index).scalar();
            return w.constant(index + "/" + suffix, Arrays.stream(offsets).map(o -> base + o).toArray());
        }
        if (offsets.length == 1 && offsets[0] == 0) {
            return out.tensor(index);
        }
        return w.once(index + "/" + suffix, () -> w.node("ElementWiseAdd", List.of(), index + "/" + suffix, DataType.I32, List.of(offsets.length), new None(),
                w.constant("steps/" + suffix, offsets), out.tensor(index)));
    }

    private static String signed(int offset) {
        return offset < 0 ? String.valueOf(offset) : "+" + offset;
    }

    /** Writes {@code value}: {@code count} rows of {@code x} from {@code index} on. */
    static void rows(String value, QnnTensor x, String index, int count, GraphMapper out) {
        out.change("MAP-INDEX");
        if (out.graph().isConstant(index)) {
            int from = out.constant(index).scalar();
            out.move(value, "StridedSlice", List.of(MovementMapping.ranges(x.dims(), 0, from, from + count, 1)), x);
        } else {
            out.produce(value, "Gather", List.of(Param.Scalar.i32("axis", 0)), new GraphMapper.Raw(x.type(), out.dims(value), x.encoding()), Optional.empty(),
                    x, offsets(index, IntStream.range(0, count).toArray(), out));
        }
    }

    static void lastRow(Node node, GraphMapper out) {
        out.change("MAP-INDEX");
        QnnTensor x = out.tensor(node.input(0));
        out.produce(node.output(), "Gather", List.of(Param.Scalar.i32("axis", 0)), new GraphMapper.Raw(x.type(), out.dims(node.output()), x.encoding()),
                Optional.empty(), x, offsets(node.input(1), new int[] {-1}, out));
    }

    /** mask [N] chooses rows of a or b. */
    static void selectRows(Node node, GraphMapper out) {
        QnnTensor mask = out.tensor(node.input(0));
        QnnTensor column = out.reshape(mask, mask.name() + "/column", List.of(mask.dims().get(0), 1));
        out.produce(node.output(), "ElementWiseSelect", List.of(), column, out.tensor(node.input(1)), out.tensor(node.input(2)));
    }

    /** table [V, D] with one scale a row: the rows' integers times the rows' scales, both gathered. */
    static void gather(Node node, GraphMapper out) {
        GraphWriter w = out.writer();
        String table = node.input(0);
        String y = node.output();
        QuantParams q = out.quant(table);
        Shape shape = out.shape(table);
        QnnTensor ids = out.tensor(node.input(1));
        int n = ids.dims().get(0);
        Bounds bounds = new Bounds(((Gather) node.op()).integer().orElseThrow().min(), ((Gather) node.op()).integer().orElseThrow().max());
        List<Param> axis = List.of(Param.Scalar.i32("axis", 0));
        out.change("MAP-EMBED");
        ScaleOffset integers = new ScaleOffset(q.isPerChannel() ? 1 : (float) q.scale(), -HALF_8);
        QnnTensor rows = w.node("Gather", axis, y + "/integers", DataType.U8, List.of(n, shape.dim(1)), integers,
                w.constant(table + "/rows", DataType.U8, shape.dims(), integers, () -> Statics.unsignedBytes(out.constant(table))), ids);
        if (!q.isPerChannel()) {
            out.produce(y, "Convert", List.of(), out.raw(y), Optional.of(bounds), rows);
            return;
        }
        double step = Arrays.stream(q.scales()).max().orElseThrow() / LARGEST_16;
        ScaleOffset steps = new ScaleOffset((float) step, 0);
        int[] scales = Arrays.stream(q.scales()).mapToInt(s -> (int) Math.max(1, Math.round(s / step))).toArray();
        QnnTensor scale = w.node("Gather", axis, y + "/scales", DataType.U16, List.of(n, 1), steps,
                w.constant(table + "/scales", DataType.U16, List.of(shape.dim(0), 1), steps, () -> Statics.shorts(scales)), ids);
        out.produce(y, "ElementWiseMultiply", List.of(), out.raw(y, DataType.U16), Optional.of(bounds), out.wide(rows), scale);
    }

    /**
     * Writes rows of fresh [N, G, d] into cache [G, C, d] at {@code pos}. Rows that do not count are written as copies of the last
     * that does, at its place: so no index leaves the cache, and every place gets one value.
     */
    static void kvAppend(Node node, GraphMapper out) {
        GraphWriter w = out.writer();
        String y = node.output();
        QnnTensor cache = out.tensor(node.input(0));
        QnnTensor fresh = out.tensor(node.input(1));
        int n = fresh.dims().get(0);
        int groups = fresh.dims().get(1);
        int d = fresh.dims().get(2);
        String pos = node.input(2);
        out.change("MAP-INDEX");
        QnnTensor at;
        QnnTensor rows = fresh;
        if (n == 1) {
            at = offsets(pos, new int[] {0}, out);
        } else {
            QnnTensor counted = counted(node.input(3), n, out);
            rows = w.node("Gather", List.of(Param.Scalar.i32("axis", 0)), y + "/counted", fresh.type(), fresh.dims(), fresh.encoding(), fresh, counted);
            at = w.once(pos + "/counted/" + n, () -> w.node("ElementWiseAdd", List.of(), pos + "/counted/" + n, DataType.I32, List.of(n), new None(),
                    counted, out.tensor(pos)));
        }
        QnnTensor updates = w.node("Transpose", List.of(Ints.u32("perm", 1, 0, 2)), y + "/turned", fresh.type(), List.of(groups, n, d), fresh.encoding(), rows);
        out.produce(y, "ScatterNd", List.of(Param.Scalar.u32("reduction", 0)), new GraphMapper.Raw(cache.type(), out.dims(y), cache.encoding()), Optional.empty(),
                cache, places(at, groups, n, out), updates);
    }

    /** i32 [N]: {@code min(t, valid - 1)}. */
    private static QnnTensor counted(String valid, int n, GraphMapper out) {
        GraphWriter w = out.writer();
        String name = valid + "/counted/" + n;
        return w.once(name, () -> {
            QnnTensor steps = w.constant("rows/" + n, IntStream.range(0, n).toArray());
            QnnTensor counts = w.node("ElementWiseLess", List.of(), name + "/counts", DataType.B8, List.of(n), new None(), steps, out.tensor(valid));
            return w.node("ElementWiseSelect", List.of(), name, DataType.I32, List.of(n), new None(), counts, steps, offsets(valid, new int[] {-1}, out));
        });
    }

    /** i32 [G, N, 2]: pairs of group and position. */
    private static QnnTensor places(QnnTensor at, int groups, int n, GraphMapper out) {
        GraphWriter w = out.writer();
        String name = at.name() + "/places/" + groups + "x" + n;
        return w.once(name, () -> {
            List<Integer> dims = List.of(groups, n, 1);
            QnnTensor zeros = w.constant("zeros/" + groups + "x" + n, DataType.I32, dims, new Encoding.None(), () -> Statics.ints(new int[groups * n]));
            QnnTensor group = w.constant("groups/" + groups + "x" + n, DataType.I32, dims, new Encoding.None(),
                    () -> Statics.ints(IntStream.range(0, groups * n).map(i -> i / n).toArray()));
            QnnTensor row = out.reshape(at, at.name() + "/row", List.of(1, n, 1));
            QnnTensor positions = w.node("ElementWiseAdd", List.of(), name + "/positions", DataType.I32, dims, new None(), zeros, row);
            return w.node("Concat", List.of(Param.Scalar.u32("axis", 2)), name, DataType.I32, List.of(groups, n, 2), new None(), group, positions);
        });
    }
}
