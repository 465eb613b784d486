package org.autoneural.qnn.binding;

import java.util.List;
import java.util.Optional;

/** A graph of a context binary, as the system library describes it. */
public record GraphInfo(String name, List<TensorInfo> inputs, List<TensorInfo> outputs) {
    public GraphInfo {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /**
     * An input or output.
     *
     * @param type   the library's number of the element type
     * @param scale  empty for plain integers and floats; real = (q + offset) * scale
     * @param offset 0 without a scale
     */
    public record TensorInfo(String name, int type, List<Integer> dims, Optional<Float> scale, int offset) {
        public TensorInfo {
            dims = List.copyOf(dims);
        }
    }
}
