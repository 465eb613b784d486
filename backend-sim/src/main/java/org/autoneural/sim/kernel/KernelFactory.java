package org.autoneural.sim.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.ImageNormalize;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.LastRow;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.MaxPool2d;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.Pad;
import org.autoneural.ir.op.Requantize;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.ResizeBilinear;
import org.autoneural.ir.op.ResizeNearest;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Rope;
import org.autoneural.ir.op.SelectRows;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.StridedSlice;
import org.autoneural.ir.op.TfliteSoftmax16;
import org.autoneural.ir.op.TfliteSoftmax8;
import org.autoneural.ir.op.Transpose;

/** Makes the kernel of a node that {@link KernelRules} has found nothing wrong with. */
public final class KernelFactory {
    private final Graph graph;
    private final Function<String, Slot> slots;
    private final KernelProvider kernels;
    private final SharedConstants shared;

    /**
     * @param slots   where each operand and result of {@code graph} lies; asked for activations and index tensors only
     * @param kernels the inner loops
     * @param shared  what is made of constants
     */
    public KernelFactory(Graph graph, Function<String, Slot> slots, KernelProvider kernels, SharedConstants shared) {
        this.graph = graph;
        this.slots = slots;
        this.kernels = kernels;
        this.shared = shared;
    }

    /**
     * The kernel of {@code node}; empty for a reshape whose result is its operand's memory.
     *
     * @throws IllegalArgumentException when there is none
     */
    public Optional<Kernel> create(Node node) {
        if (node.op() instanceof Reshape) {
            Slot x = in(node, 0);
            Slot y = out(node, 0);
            return x.samePlace(y) ? Optional.empty() : Optional.of(copy(1, y, new CopyKernel.Run(x, 0, 0, 0, 0, y.length())));
        }
        return Optional.of(kernels.kernel(new NodeOperands(graph, node, slots, shared)).orElseGet(() -> kernel(node)));
    }

    private Kernel kernel(Node node) {
        if (node.op() instanceof Linear op) {
            return linear(node, op);
        }
        if (node.op() instanceof Conv2d op) {
            return conv(node, op);
        }
        if (node.op() instanceof MatMul op && in(node, 1).type().dtype() == DType.S16) {
            return new WideMatMulKernel(op, op.integer().orElseThrow(), in(node, 0), in(node, 1), optional(node, 2), out(node, 0), kernels);
        }
        if (node.op() instanceof MatMul op) {
            return new MatMulKernel(op, op.integer().orElseThrow(), in(node, 0), in(node, 1), optional(node, 2), out(node, 0), kernels, shared);
        }
        if (node.op() instanceof CausalConv1d op) {
            ChannelSums sums = sums(node, op.integer().orElseThrow(), 4);
            TensorData w = constant(node, 3);
            int[] byTap = shared.of(int[].class, List.of(w, "by column"), () -> Weights.byColumn(w));
            return new CausalConvKernel(in(node, 0), in(node, 1), in(node, 2), byTap, w.shape().dim(1), sums, out(node, 0), out(node, 1), kernels);
        }
        if (node.op() instanceof Gather op) {
            return new GatherKernel(constant(node, 0), op.integer().orElseThrow(), ints(node, 2), ints(node, 3), in(node, 1), out(node, 0), kernels);
        }
        if (node.op() instanceof ImageNormalize op) {
            return new ImageNormalizeKernel(op.integer().orElseThrow(), in(node, 0), ints(node, 1), constant(node, 2).toLongs(), out(node, 0), kernels);
        }
        if (node.op() instanceof MaxPool2d op) {
            return WindowKernel.max(op, in(node, 0), out(node, 0), kernels);
        }
        if (node.op() instanceof AvgPool2d op && op.mean().isPresent()) {
            return WindowKernel.mean(op, op.mean().get(), in(node, 0), out(node, 0), kernels);
        }
        if (node.op() instanceof AvgPool2d op) {
            return new AvgPoolKernel(op, op.integer().orElseThrow(), in(node, 0), out(node, 0), kernels);
        }
        if (node.op() instanceof ResizeBilinear op) {
            return new ResizeBilinearKernel(op.integer().orElseThrow(), in(node, 0), out(node, 0), kernels);
        }
        if (node.op() instanceof ResizeNearest) {
            return new ResizeNearestKernel(in(node, 0), out(node, 0));
        }
        return elementwise(node).or(() -> movement(node)).orElseThrow(() -> new IllegalArgumentException("no kernel for " + node.op().name()));
    }

    private Optional<Kernel> elementwise(Node node) {
        Slot y = out(node, 0);
        if (node.op() instanceof Add op && op.staged().isPresent()) {
            return Optional.of(new StagedAddKernel(op.staged().get(), in(node, 0), in(node, 1), y, kernels));
        }
        if (node.op() instanceof Add op) {
            return Optional.of(new AddKernel(op.integer().orElseThrow(), in(node, 0), in(node, 1), y, kernels));
        }
        if (node.op() instanceof Mul op) {
            return Optional.of(new MulKernel(op.integer().orElseThrow(), in(node, 0), in(node, 1), y, kernels));
        }
        if (node.op() instanceof Requantize op) {
            return Optional.of(new RequantizeKernel(op.integer(), in(node, 0), y, kernels));
        }
        if (node.op() instanceof Activation) {
            return Optional.of(new TableKernel(shorts(node, 1), in(node, 0), y, kernels, shared));
        }
        if (node.op() instanceof RmsNorm op) {
            return Optional.of(new NormKernel(op.integer().orElseThrow(), in(node, 0), shorts(node, 1), new int[0], y, kernels));
        }
        if (node.op() instanceof LayerNorm op) {
            return Optional.of(new NormKernel(op.integer().orElseThrow(), in(node, 0), shorts(node, 1), ints(node, 2), y, kernels));
        }
        if (node.op() instanceof Rope op) {
            return Optional.of(new RopeKernel(op.integer().orElseThrow(), in(node, 0), in(node, 1), in(node, 2), in(node, 3), y, kernels));
        }
        if (node.op() instanceof Softmax op) {
            return Optional.of(new SoftmaxKernel(Exponentials.of(op.integer().orElseThrow(), in(node, 0).type().dtype(), shared), in(node, 0), optional(node, 1), y, kernels));
        }
        if (node.op() instanceof TfliteSoftmax8 op) {
            return Optional.of(TfliteSoftmaxKernel.of(op, in(node, 0), y, kernels));
        }
        if (node.op() instanceof TfliteSoftmax16 op) {
            return Optional.of(TfliteSoftmaxKernel.of(op, ints(node, 1), ints(node, 2), in(node, 0), y, kernels));
        }
        return Optional.empty();
    }

    private Optional<Kernel> movement(Node node) {
        Slot y = out(node, 0);
        if (node.op() instanceof Slice op) {
            Slot x = in(node, 0);
            Shape shape = x.type().shape();
            int inner = shape.inner(op.axis());
            int count = (op.end() - op.begin()) * inner;
            return Optional.of(copy(shape.outer(op.axis()), y,
                    new CopyKernel.Run(x, op.begin() * inner, shape.dim(op.axis()) * inner, 0, count, count)));
        }
        if (node.op() instanceof StridedSlice op) {
            Slot x = in(node, 0);
            Shape shape = x.type().shape();
            int inner = shape.inner(op.axis());
            CopyKernel.Run[] runs = new CopyKernel.Run[op.count()];
            for (int i = 0; i < runs.length; i++) {
                runs[i] = new CopyKernel.Run(x, (op.begin() + i * op.step()) * inner, shape.dim(op.axis()) * inner, i * inner,
                        op.count() * inner, inner);
            }
            return Optional.of(copy(shape.outer(op.axis()), y, runs));
        }
        if (node.op() instanceof Pad op) {
            return Optional.of(new PadKernel(op, op.integer().orElseThrow(), in(node, 0), y));
        }
        if (node.op() instanceof Concat op) {
            Slot a = in(node, 0);
            Slot b = in(node, 1);
            int inner = y.type().shape().inner(op.axis());
            int ca = a.type().shape().dim(op.axis()) * inner;
            int cb = b.type().shape().dim(op.axis()) * inner;
            return Optional.of(copy(y.type().shape().outer(op.axis()), y, new CopyKernel.Run(a, 0, ca, 0, ca + cb, ca),
                    new CopyKernel.Run(b, 0, cb, ca, ca + cb, cb)));
        }
        if (node.op() instanceof Transpose op) {
            return Optional.of(new TransposeKernel(op.permutation(), in(node, 0), y));
        }
        if (node.op() instanceof KvAppend) {
            return Optional.of(new KvAppendKernel(in(node, 0), in(node, 1), in(node, 2), in(node, 3), y));
        }
        if (node.op() instanceof SelectRows) {
            return Optional.of(new RowPickKernel(in(node, 0), in(node, 1), Optional.of(in(node, 2)), y));
        }
        if (node.op() instanceof LastRow) {
            return Optional.of(new RowPickKernel(in(node, 1), in(node, 0), Optional.empty(), y));
        }
        return Optional.empty();
    }

    private static Kernel copy(int outer, Slot y, CopyKernel.Run... runs) {
        return new CopyKernel(outer, List.of(runs), y);
    }

    private Kernel linear(Node node, Linear op) {
        ChannelRescale rule = op.integer().orElseThrow();
        Slot x = in(node, 0);
        Weights w = weights(node, 1);
        int rows = w.depth() == 0 ? 0 : x.length() / w.depth();
        return new MatrixKernel(new DenseRows(x, rows, w.depth(), rule.zeroIn(), kernels), Depth.bound(x.type().dtype(), rule.zeroIn()),
                List.of(w), sums(node, rule, 2), out(node, 0), kernels);
    }

    private Kernel conv(Node node, Conv2d op) {
        ChannelRescale rule = op.integer().orElseThrow();
        Slot x = in(node, 0);
        Slot y = out(node, 0);
        TensorData weights = constant(node, 1);
        Shape w = weights.shape();
        ChannelSums sums = sums(node, rule, 2);
        long xBound = Depth.bound(x.type().dtype(), rule.zeroIn());
        if (DepthwiseKernel.fits(op, x.type().shape(), w, xBound, Depth.bound(weights.dtype(), 0), sums)) {
            return new DepthwiseKernel(x, weights, w, sums, op, y, kernels);
        }
        RowSource rows = new PatchRows(x, w, y.type().shape(), op, rule.zeroIn(), kernels);
        List<Weights> groups = new ArrayList<>();
        for (int g = 0; g < op.groups(); g++) {
            groups.add(op.groups() == 1 ? shared.weights(weights) : Weights.ofRows(weights, w.dim(0) / op.groups() * g, w.dim(0) / op.groups()));
        }
        return new MatrixKernel(rows, xBound, groups, sums, y, kernels);
    }

    /** Bias, multiplier and shift are operands {@code bias} and the two after it. */
    private ChannelSums sums(Node node, ChannelRescale rule, int bias) {
        return shared.of(ChannelSums.class, List.of(rule, constant(node, bias), constant(node, bias + 1), constant(node, bias + 2)),
                () -> new ChannelSums(rule, constant(node, bias).toLongs(), ints(node, bias + 1), ints(node, bias + 2)));
    }

    private Slot in(Node node, int i) {
        return slots.apply(node.input(i));
    }

    private Slot out(Node node, int i) {
        return slots.apply(node.outputs().get(i));
    }

    private Optional<Slot> optional(Node node, int i) {
        return node.inputs().size() > i ? Optional.of(in(node, i)) : Optional.empty();
    }

    private TensorData constant(Node node, int i) {
        return graph.constant(node.input(i)).orElseThrow();
    }

    private Weights weights(Node node, int i) {
        return shared.weights(constant(node, i));
    }

    private int[] ints(Node node, int i) {
        return shared.ints(constant(node, i));
    }

    private short[] shorts(Node node, int i) {
        return shared.shorts(constant(node, i));
    }
}
