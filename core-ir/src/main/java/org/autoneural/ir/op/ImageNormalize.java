package org.autoneural.ir.op;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.math.Rounding;

/**
 * From the picture's bytes to the network's first activation: {@code y[c, i, j] = image[i, j, c] * scale[c] + offset[c]}, with
 * {@code scale = rescale / std} and {@code offset = -mean / std}.
 *
 * <p>Integers: {@code y = clamp((image * multiplier[c] + bias[c] + 2^(shift-1)) >> shift, min, max)}.
 *
 * @param layout  order of axes of y (the picture is always [1, H, W, C])
 * @param integer integer form; empty before the INTEGER stage
 */
public record ImageNormalize(Layout layout, Optional<Integers> integer) implements Op {
    /** @param shift right shift, 1..62 */
    public record Integers(int shift, int min, int max) {}

    static final Signature SIGNATURE = Signature.op("image_normalize", Engine.VECTOR, "From picture bytes to the first activation")
            .index("image", DType.U8, "[1, H, W, C], 0..255")
            .in("scale", Set.of(DType.S32), "[C]; integers: the multiplier")
            .in("offset", Set.of(DType.S64), "[C]; integers: the bias")
            .out("y", Signature.ACTIVATION, "[1, C, H, W] or [1, H, W, C]")
            .build();

    /** The conversion as it stands before the INTEGER stage. */
    public static ImageNormalize of(Layout layout) {
        return new ImageNormalize(layout, Optional.empty());
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.rank(in.get(0), 4, "image");
        Shape image = in.get(0).shape();
        Infer.shape(in.get(1), "scale", image.dim(3));
        Infer.shape(in.get(2), "offset", image.dim(3));
        return List.of(TensorType.of(DType.F32, layout.shape(image.dim(0), image.dim(3), image.dim(1), image.dim(2))));
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.layout(check, layout);
        if (Verify.integerForm(check, integer)) {
            Verify.range(check, integer.get().min(), integer.get().max());
            Verify.factor(check, "", 1, integer.get().shift(), 1);
            Verify.constants(check, 1, 2);
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (!in.get(1).dtype().isFloat()) {
            evaluateIntegers(in, out.get(0), Operands.integerForm(this, integer));
            return;
        }
        Shape image = in.get(0).shape();
        Shape y = out.get(0).shape();
        int[] pixels = in.get(0).toInts();
        float[] scale = in.get(1).toFloats(), offset = in.get(2).toFloats(), ys = out.get(0).toFloats();
        for (int b = 0; b < image.dim(0); b++) {
            for (int i = 0; i < image.dim(1); i++) {
                for (int j = 0; j < image.dim(2); j++) {
                    for (int c = 0; c < image.dim(3); c++) {
                        ys[layout.index(y, b, c, i, j)] = pixels[Layout.NHWC.index(image, b, c, i, j)] * scale[c] + offset[c];
                    }
                }
            }
        }
    }

    // image: [1, H, W, C] u8, multiplier: [C] s32, bias: [C] s64 -> y
    private void evaluateIntegers(List<TensorData> in, Tensor y, Integers form) {
        Shape image = in.get(0).shape();
        int[] pixels = in.get(0).toInts(), multiplier = in.get(1).toInts();
        long[] bias = in.get(2).toLongs();
        for (int b = 0; b < image.dim(0); b++) {
            for (int i = 0; i < image.dim(1); i++) {
                for (int j = 0; j < image.dim(2); j++) {
                    for (int c = 0; c < image.dim(3); c++) {
                        long sum = (long) pixels[Layout.NHWC.index(image, b, c, i, j)] * multiplier[c] + bias[c];
                        y.setLong(layout.index(y.shape(), b, c, i, j), Rescale.requantize(sum, 1, form.shift(), Rounding.SINGLE,
                                0, form.min(), form.max()));
                    }
                }
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, 2 * Infer.elements(out), in, out);
    }
}
