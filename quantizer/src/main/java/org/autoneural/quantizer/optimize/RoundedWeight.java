package org.autoneural.quantizer.optimize;

import org.autoneural.ir.DType;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorData;

/**
 * A weight whose every value is an integer times its channel's scale: what an algorithm decided about rounding, still a
 * constant of a FLOAT program. Quantized with the same scales it gives exactly those integers back.
 */
public final class RoundedWeight implements TensorData {
    private final Shape shape;
    private final byte[] integers;
    private final QuantParams quant;
    private final int inner;

    /** Takes {@code integers} over. */
    RoundedWeight(Shape shape, byte[] integers, QuantParams quant) {
        this.shape = shape;
        this.integers = integers;
        this.quant = quant;
        this.inner = shape.inner(0);
    }

    /** The scales that it was rounded with. */
    public QuantParams quant() {
        return quant;
    }

    @Override
    public DType dtype() {
        return DType.F32;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public float getFloat(long index) {
        return (float) (integers[(int) index] * quant.scale((int) (index / inner)));
    }

    @Override
    public long getLong(long index) {
        throw new IllegalStateException("a real tensor has no integer elements");
    }
}
