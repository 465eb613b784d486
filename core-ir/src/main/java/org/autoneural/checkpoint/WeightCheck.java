package org.autoneural.checkpoint;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Checks of the weights themselves, after their files were found sound. */
public final class WeightCheck {
    private static final int STEP_ELEMENTS = 1 << 14;
    private static final int NAMES_SHOWN = 5;

    private WeightCheck() {
    }

    /** Refuses a tensor with an element that is NaN or infinite as a 32-bit float, and names the first. Reads all of it. */
    public static void requireFinite(CheckpointTensor tensor) {
        if (tensor.storedType().isInteger()) {
            return;
        }
        long elements = tensor.elements();
        float[] step = new float[(int) Math.min(elements, STEP_ELEMENTS)];
        for (long from = 0; from < elements; from += step.length) {
            int n = (int) Math.min(elements - from, step.length);
            tensor.readFloats(from, step, 0, n);
            for (int i = 0; i < n; i++) {
                if (!Float.isFinite(step[i])) {
                    throw tensor.fail("element " + (from + i) + " of " + elements + " (row-major, shape " + tensor.shape()
                            + ", " + tensor.storedType() + ") is " + step[i] + "; a weight must be finite",
                            "The training or the export of the checkpoint failed; use another one.");
                }
            }
        }
    }

    /**
     * Refuses a checkpoint with tensors that the model does not use: they mean that it is another model than we take it for.
     *
     * @param used the names that a builder has read
     */
    public static void requireAllUsed(Checkpoint checkpoint, Set<String> used) {
        List<String> extra = checkpoint.tensors().stream().filter(name -> !used.contains(name)).toList();
        if (!extra.isEmpty()) {
            String shown = extra.stream().limit(NAMES_SHOWN).map(StrictJson::quote).collect(Collectors.joining(", "));
            String more = extra.size() > NAMES_SHOWN ? " and " + (extra.size() - NAMES_SHOWN) + " more" : "";
            throw new CheckpointException(checkpoint.folder(), extra.size() + " of " + checkpoint.tensors().size()
                    + " tensors have no place in the model: " + shown + more,
                    "Check that config.json belongs to these weights and that this kind of model is supported.");
        }
    }
}
