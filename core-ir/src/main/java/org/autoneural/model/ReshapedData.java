package org.autoneural.model;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorData;

/** The same stored elements in row-major order under another shape; nothing is copied. */
record ReshapedData(TensorData stored, Shape shape) implements TensorData {
    @Override
    public DType dtype() {
        return stored.dtype();
    }

    @Override
    public float getFloat(long index) {
        return stored.getFloat(index);
    }

    @Override
    public long getLong(long index) {
        return stored.getLong(index);
    }

    @Override
    public void readFloats(long from, float[] target, int offset, int count) {
        stored.readFloats(from, target, offset, count);
    }

    @Override
    public void readInts(long from, int[] target, int offset, int count) {
        stored.readInts(from, target, offset, count);
    }

    @Override
    public Optional<ByteBuffer> storage() {
        return stored.storage();
    }
}
