package org.autoneural.ir.op;

import java.util.List;
import java.util.Optional;

/** The written list of all ops: class and signature. Adding an op is one class, one line here, one textual golden. */
public final class Ops {
    /** An op's class (a record of its attributes) and its signature. */
    public record Entry(Class<? extends Op> type, Signature signature) {}

    private static final List<Entry> ALL = List.of(
            new Entry(Activation.class, Activation.SIGNATURE),
            new Entry(Add.class, Add.SIGNATURE),
            new Entry(AvgPool2d.class, AvgPool2d.SIGNATURE),
            new Entry(Bias.class, Bias.SIGNATURE),
            new Entry(CausalConv1d.class, CausalConv1d.SIGNATURE),
            new Entry(Clamp.class, Clamp.SIGNATURE),
            new Entry(Concat.class, Concat.SIGNATURE),
            new Entry(Conv2d.class, Conv2d.SIGNATURE),
            new Entry(Gather.class, Gather.SIGNATURE),
            new Entry(ImageNormalize.class, ImageNormalize.SIGNATURE),
            new Entry(KvAppend.class, KvAppend.SIGNATURE),
            new Entry(LastRow.class, LastRow.SIGNATURE),
            new Entry(LayerNorm.class, LayerNorm.SIGNATURE),
            new Entry(Linear.class, Linear.SIGNATURE),
            new Entry(MatMul.class, MatMul.SIGNATURE),
            new Entry(MaxPool2d.class, MaxPool2d.SIGNATURE),
            new Entry(Mul.class, Mul.SIGNATURE),
            new Entry(Pad.class, Pad.SIGNATURE),
            new Entry(Requantize.class, Requantize.SIGNATURE),
            new Entry(Reshape.class, Reshape.SIGNATURE),
            new Entry(ResizeBilinear.class, ResizeBilinear.SIGNATURE),
            new Entry(ResizeNearest.class, ResizeNearest.SIGNATURE),
            new Entry(RmsNorm.class, RmsNorm.SIGNATURE),
            new Entry(Rope.class, Rope.SIGNATURE),
            new Entry(Scale.class, Scale.SIGNATURE),
            new Entry(SelectRows.class, SelectRows.SIGNATURE),
            new Entry(Slice.class, Slice.SIGNATURE),
            new Entry(Softmax.class, Softmax.SIGNATURE),
            new Entry(StridedSlice.class, StridedSlice.SIGNATURE),
            new Entry(TfliteSoftmax16.class, TfliteSoftmax16.SIGNATURE),
            new Entry(TfliteSoftmax8.class, TfliteSoftmax8.SIGNATURE),
            new Entry(Transpose.class, Transpose.SIGNATURE));

    private Ops() {}

    /** All ops in alphabetical order of their classes. */
    public static List<Entry> all() {
        return ALL;
    }

    /** The op called {@code name} in the textual form. */
    public static Optional<Entry> named(String name) {
        return ALL.stream().filter(e -> e.signature().name().equals(name)).findFirst();
    }
}
