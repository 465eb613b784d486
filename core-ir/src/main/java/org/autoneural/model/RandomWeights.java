package org.autoneural.model;

import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorData;

/**
 * A tensor of small pseudo-random floats, each computed when it is read, the same on every JVM: a network of any size takes no
 * memory.
 *
 * @param seed  decides the values
 * @param scale values lie in (-scale, scale)
 */
public record RandomWeights(Shape shape, long seed, float scale) implements TensorData {
    @Override
    public DType dtype() {
        return DType.F32;
    }

    /** The finalizer of SplitMix64 over seed and index. */
    @Override
    public float getFloat(long index) {
        long z = seed + (index + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return ((z ^ z >>> 31) >> 40) * 0x1p-23f * scale;
    }

    @Override
    public long getLong(long index) {
        throw new IllegalStateException("an f32 tensor has no integer elements");
    }
}
