package org.autoneural.sim.conformance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.Transpose;
import org.autoneural.ir.verify.Verifier;

/** Builds the INTEGER graph of a case, node by node. */
final class CaseGraph {
    private final GraphBuilder graph = new GraphBuilder("main", Stage.INTEGER);
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private int names;

    /** An input with its values; their number must be that of {@code shape}. */
    String input(DType type, Shape shape, long[] values) {
        String name = "in" + names++;
        inputs.put(name, tensor(type, shape, values));
        return graph.input(name, new TensorType(type, shape, java.util.Optional.empty()));
    }

    String constant(DType type, Shape shape, long[] values) {
        return graph.constant("const" + names++, tensor(type, shape, values));
    }

    String constant(DType type, int[] values) {
        return graph.constant("const" + names++, Tensor.ofInts(type, Shape.of(values.length), values));
    }

    private static Tensor tensor(DType type, Shape shape, long[] values) {
        if (shape.elements() != values.length) {
            throw new IllegalArgumentException("the case has " + values.length + " values for " + type.text() + shape
                    + ", which has " + shape.elements());
        }
        Tensor t = Tensor.zeros(type, shape);
        for (int i = 0; i < values.length; i++) {
            t.setLong(i, values[i]);
        }
        return t;
    }

    Shape shape(String value) {
        return graph.type(value).shape();
    }

    DType dtype(String value) {
        return graph.type(value).dtype();
    }

    /** A node whose result has the inferred shape and the element type {@code type}. */
    String node(Op op, DType type, String... operands) {
        Shape shape = op.infer(List.of(operands).stream().map(graph::type).toList()).get(0).shape();
        String out = "v" + names++;
        graph.add(op, List.of(out), List.of(new TensorType(type, shape, java.util.Optional.empty())), "case", operands);
        return out;
    }

    /** A data movement: the result has the operand's type. */
    String move(Op op, String... operands) {
        return node(op, dtype(operands[0]), operands);
    }

    String reshape(String x, Shape shape) {
        return shape(x).equals(shape) ? x : move(new Reshape(shape.dims()), x);
    }

    /** Exchanges the last two axes. */
    String transposeInner(String x) {
        int rank = shape(x).rank();
        int[] axes = java.util.stream.IntStream.range(0, rank).toArray();
        axes[rank - 2] = rank - 1;
        axes[rank - 1] = rank - 2;
        return move(Transpose.of(axes), x);
    }

    /** {@code x} repeated along the axes on which it has extent 1 and {@code wanted} more; missing outer axes count as 1. */
    String broadcast(String x, Shape wanted) {
        Shape full = shape(x);
        while (full.rank() < wanted.rank()) {
            java.util.List<Integer> dims = new java.util.ArrayList<>(full.dims());
            dims.add(0, 1);
            full = new Shape(dims);
        }
        String out = reshape(x, full);
        for (int axis = 0; axis < wanted.rank(); axis++) {
            int n = wanted.dim(axis);
            if (full.dim(axis) != n && full.dim(axis) != 1) {
                throw new IllegalArgumentException(shape(x) + " cannot be broadcast to " + wanted);
            }
            while (shape(out).dim(axis) < n) {
                int missing = n - shape(out).dim(axis);
                String more = missing >= shape(out).dim(axis) ? out : move(new Slice(axis, 0, missing), out);
                out = move(new Concat(axis), out, more);
            }
        }
        return out;
    }

    /** The verified graph with {@code result} as its output. */
    ConformanceCase.Vector finish(String result, long[] expected) {
        if (shape(result).elements() != expected.length) {
            throw new IllegalArgumentException("the graph gives " + shape(result) + ", the case has " + expected.length + " values");
        }
        graph.output(result);
        Graph built = Verifier.check(graph.build());
        return new ConformanceCase.Vector(built, inputs, expected);
    }
}
