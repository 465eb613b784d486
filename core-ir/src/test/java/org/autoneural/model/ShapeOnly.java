package org.autoneural.model;

import java.util.LinkedHashMap;
import java.util.Map;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorData;

/** A bf16 tensor of zeros that takes no memory: enough to build graphs of any size. */
record ShapeOnly(Shape shape) implements TensorData {
    @Override
    public DType dtype() {
        return DType.BF16;
    }

    @Override
    public float getFloat(long index) {
        return 0;
    }

    @Override
    public long getLong(long index) {
        throw new IllegalStateException("a bf16 tensor has no integer elements");
    }

    /** Collects tensors by name. */
    static final class Table {
        private final Map<String, TensorData> tensors = new LinkedHashMap<>();

        Table add(String name, int... dims) {
            tensors.put(name, new ShapeOnly(Shape.of(dims)));
            return this;
        }

        int size() {
            return tensors.size();
        }

        Weights weights() {
            return Weights.of("synthetic", tensors);
        }
    }
}
