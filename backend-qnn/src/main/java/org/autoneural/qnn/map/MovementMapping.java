package org.autoneural.qnn.map;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.autoneural.ir.Node;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Pad;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.StridedSlice;
import org.autoneural.ir.op.Transpose;
import org.autoneural.qnn.graph.DataType;
import org.autoneural.qnn.graph.Param;
import org.autoneural.qnn.graph.Param.Ints;
import org.autoneural.qnn.graph.QnnTensor;

/** Data that is moved keeps its encoding. */
final class MovementMapping {
    private static final int PAD_CONSTANT = 0;

    private MovementMapping() {}

    static void reshape(Node node, GraphMapper out) {
        out.move(node.output(), "Reshape", List.of(), out.tensor(node.input(0)));
    }

    static void transpose(Node node, GraphMapper out) {
        Integer[] permutation = ((Transpose) node.op()).permutation().toArray(Integer[]::new);
        out.move(node.output(), "Transpose", List.of(Ints.u32("perm", permutation)), out.tensor(node.input(0)));
    }

    static void slice(Node node, GraphMapper out) {
        Slice op = (Slice) node.op();
        QnnTensor x = out.tensor(node.input(0));
        out.move(node.output(), "StridedSlice", List.of(ranges(x.dims(), op.axis(), op.begin(), op.end(), 1)), x);
    }

    static void stridedSlice(Node node, GraphMapper out) {
        StridedSlice op = (StridedSlice) node.op();
        QnnTensor x = out.tensor(node.input(0));
        if (op.step() < 1) {
            throw new Refusal("step " + op.step(), "at least 1", "reverse the weights that read it instead");
        }
        out.move(node.output(), "StridedSlice", List.of(ranges(x.dims(), op.axis(), op.begin(), op.begin() + (op.count() - 1) * op.step() + 1, op.step())), x);
    }

    /** Begin, end and step for each axis: all of it, but {@code begin .. end - 1} of {@code axis}. */
    static Ints ranges(List<Integer> dims, int axis, int begin, int end, int step) {
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i < dims.size(); i++) {
            values.addAll(i == axis ? List.of(begin, end, step) : List.of(0, dims.get(i), 1));
        }
        return Ints.rows("ranges", DataType.I32, 3, values);
    }

    static void concat(Node node, GraphMapper out) {
        out.produce(node.output(), "Concat", List.of(Param.Scalar.u32("axis", ((Concat) node.op()).axis())), out.tensor(node.input(0)), out.tensor(node.input(1)));
    }

    static void pad(Node node, GraphMapper out) {
        Pad op = (Pad) node.op();
        QnnTensor x = out.tensor(node.input(0));
        List<Integer> amounts = new ArrayList<>();
        for (int i = 0; i < op.before().size(); i++) {
            amounts.addAll(List.of(op.before().get(i), op.after().get(i)));
        }
        int stored = op.integer().orElseThrow().value() - (int) out.graph().type(node.input(0)).dtype().min();
        out.produce(node.output(), "Pad", List.of(Param.Scalar.u32("scheme", PAD_CONSTANT), Ints.rows("pad_amount", DataType.U32, 2, amounts),
                Param.Scalar.i32("pad_constant_value", stored)), out.raw(node.output()), Optional.empty(), x);
    }
}
