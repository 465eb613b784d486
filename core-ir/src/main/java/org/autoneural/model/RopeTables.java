package org.autoneural.model;

import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;

/**
 * Tables of the rotary position embedding (model.md C.2): cos and sin of {@code p * theta^(-2j/d)} for position p and
 * {@code j < d/2}, both f32 [context, d/2]. Frequencies and angles are rounded to f32 as in the reference, so that far
 * positions agree with the trained model; the functions are exact and the same on every JVM.
 */
record RopeTables(TensorData cos, TensorData sin) {
    static RopeTables of(double theta, int headWidth, int context) {
        int half = headWidth / 2;
        Tensor cos = Tensor.ofFloats(Shape.of(context, half), new float[Math.multiplyExact(context, half)]);
        Tensor sin = Tensor.ofFloats(Shape.of(context, half), new float[context * half]);
        for (int j = 0; j < half; j++) {
            float exponent = (float) (2 * j) / headWidth;
            float frequency = 1.0f / (float) StrictMath.pow((float) theta, exponent);
            for (int p = 0; p < context; p++) {
                float angle = p * frequency;
                cos.setFloat(p * half + j, (float) StrictMath.cos(angle));
                sin.setFloat(p * half + j, (float) StrictMath.sin(angle));
            }
        }
        return new RopeTables(cos, sin);
    }
}
