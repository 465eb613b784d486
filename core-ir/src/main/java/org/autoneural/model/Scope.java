package org.autoneural.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Scale;
import org.autoneural.ir.op.Transpose;

/**
 * A module of the checkpoint while its nodes are being added to a graph.
 *
 * @param graph   where nodes go
 * @param weights the checkpoint's tensors
 * @param module  path in the checkpoint, no final dot; empty for the root ({@code model.layers.0.conv})
 * @param value   name of the module's result and stem of the names within ({@code layers.0.conv})
 */
record Scope(GraphBuilder graph, Weights weights, String module, String value) {
    private static String join(String path, String leaf) {
        return path.isEmpty() ? leaf : path + "." + leaf;
    }

    /** Module {@code path} (dots allowed) within this one. */
    Scope child(String path) {
        return new Scope(graph, weights, join(module, path), join(value, path));
    }

    /** This module, its result called {@code name}. */
    Scope named(String name) {
        return new Scope(graph, weights, module, name);
    }

    /** Full name of tensor {@code leaf}. */
    String tensor(String leaf) {
        return join(module, leaf);
    }

    ModelException fail(String problem, String remedy) {
        return weights.fail(problem, remedy);
    }

    boolean has(String leaf) {
        return weights.has(tensor(leaf));
    }

    Shape shape(String leaf) {
        return weights.shape(tensor(leaf));
    }

    /** Adds tensor {@code leaf} as a constant under its name in the checkpoint; returns the name. */
    String constant(String leaf) {
        return graph.constant(tensor(leaf), weights.get(tensor(leaf)));
    }

    /** As {@link #constant(String)}, the tensor seen in shape {@code dims}. */
    String constant(String leaf, int... dims) {
        return graph.constant(tensor(leaf), weights.get(tensor(leaf), Shape.of(dims)));
    }

    /** Adds the constant vector {@code values}, which follows from the configuration, under this module's path. */
    String derived(String leaf, float... values) {
        return graph.constant(tensor(leaf), weights.derived(tensor(leaf),
                () -> Tensor.ofFloats(Shape.of(values.length), values)));
    }

    /** Adds a node that gives this module's result. */
    String add(Op op, String... operands) {
        return graph.add(op, value, module, operands);
    }

    /** Adds a node within this module that gives {@code leaf}. */
    String addInner(Op op, String leaf, String... operands) {
        return graph.add(op, join(value, leaf), module, operands);
    }

    /**
     * {@code W * x} with zero padding as in TensorFlow's SAME, axis by axis (model.md B.1): output extent ceil(n / stride);
     * of the padding needed, the half rounded down goes before.
     * x: [1, C, H, W]; the module's {@code weight}: [O, C/groups, kh, kw]; {@code bias}: [O] when {@code bias} is true.
     */
    String conv2d(String x, int stride, int groups, boolean bias) {
        Shape in = graph.shape(x);
        Shape w = shape("weight");
        if (w.rank() != 4) {
            throw fail("tensor " + tensor("weight") + " has shape " + w
                    + " where a convolution needs [O, C/groups, kh, kw]", "Check that config.json belongs to these weights.");
        }
        int[] rows = same(in.dim(2), w.dim(2), stride);
        int[] columns = same(in.dim(3), w.dim(3), stride);
        Op op = Conv2d.of(stride, List.of(rows[0], columns[0], rows[1], columns[1]), groups, Layout.NCHW);
        return add(op, operands(x, bias));
    }

    /** Zeros before and after an axis of {@code n}. */
    private static int[] same(int n, int kernel, int stride) {
        int out = (n + stride - 1) / stride;
        int pad = Math.max((out - 1) * stride + kernel - n, 0);
        return new int[] {pad / 2, pad - pad / 2};
    }

    /** Depthwise {@link #conv2d}: one filter a channel, no bias. */
    String depthwise(String x, int stride) {
        return conv2d(x, stride, graph.shape(x).dim(1), false);
    }

    /** {@code y = x W^T (+ bias)}. x: [.., K]; the module's {@code weight}: [O, K], {@code bias}: [O]. */
    String linear(String x, boolean bias) {
        return add(Linear.of(), operands(x, bias));
    }

    private String[] operands(String x, boolean bias) {
        List<String> operands = new ArrayList<>(List.of(x, constant("weight")));
        if (bias) {
            operands.add(constant("bias"));
        }
        return operands.toArray(String[]::new);
    }

    /** RMS norm along {@code axis} with the module's {@code weight} as gain. */
    String rmsNorm(String x, int axis, double epsilon) {
        return add(RmsNorm.of(epsilon, axis), x, constant("weight"));
    }

    String activation(String x, Activation.Function function) {
        return add(new Activation(function), x);
    }

    /**
     * Multiplies channels {@code 0..scaled-1} of {@code x} by {@code factor} and leaves the rest: the 1/sqrt(d) of attention
     * as a node of its own, which pass fold-layer-scale moves into the product or norm before it.
     */
    String scaleChannels(String leaf, String x, int axis, int scaled, double factor) {
        float[] gamma = new float[graph.shape(x).dim(axis)];
        Arrays.fill(gamma, 1);
        Arrays.fill(gamma, 0, scaled, (float) factor);
        return addInner(new Scale(axis), leaf, x, derived(leaf + ".gamma", gamma));
    }

    /** A picture as rows of channels: [1, C, H, W] to [H * W, C], row-major. */
    String toRows(String x) {
        Shape in = graph.shape(x);
        String nhwc = addInner(Transpose.of(0, 2, 3, 1), "nhwc", x);
        return add(Reshape.to(in.dim(2) * in.dim(3), in.dim(1)), nhwc);
    }

    /** {@code [N, heads * d]} to {@code [heads, N, d]}. */
    String splitHeads(String x, int heads) {
        Shape in = graph.shape(x);
        String split = addInner(Reshape.to(in.dim(0), heads, in.dim(1) / heads), "split", x);
        return add(Transpose.of(1, 0, 2), split);
    }

    /** {@code [heads, N, d]} to {@code [N, heads * d]}. */
    String mergeHeads(String x) {
        Shape in = graph.shape(x);
        String rows = addInner(Transpose.of(1, 0, 2), "rows", x);
        return add(Reshape.to(in.dim(1), in.dim(0) * in.dim(2)), rows);
    }
}
