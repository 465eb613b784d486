package org.autoneural.model;

import java.util.List;
import org.autoneural.checkpoint.Checkpoint;
import org.autoneural.checkpoint.Config;
import org.autoneural.checkpoint.WeightCheck;
import org.autoneural.ir.Program;

/** A decoder that stands alone, config.json being its own: entry points {@code prefill} and {@code decode}. */
public final class LanguageModel {
    private final Checkpoint checkpoint;
    private final Weights weights;
    private final Decoder decoder;

    private LanguageModel(Checkpoint checkpoint, Weights weights, Decoder decoder) {
        this.checkpoint = checkpoint;
        this.weights = weights;
        this.decoder = decoder;
    }

    /**
     * Reads the configuration; model_type is lfm2 or qwen2.
     *
     * @throws org.autoneural.checkpoint.CheckpointException when a file, key or tensor is missing or of the wrong kind
     */
    public static LanguageModel open(Checkpoint checkpoint) {
        Config config = checkpoint.config();
        Weights weights = Weights.of(checkpoint);
        boolean lfm2 = config.getString("model_type", List.of("lfm2", "qwen2")).equals("lfm2");
        return new LanguageModel(checkpoint, weights, lfm2 ? Lfm2.of(config, "", weights) : Qwen2.of(config, "", weights));
    }

    /**
     * The float graphs.
     *
     * @throws ModelException when configuration and tensors do not fit each other, or tensors are left over
     */
    public Program floatProgram(int chunk, int context) {
        if (chunk < 1 || context < chunk || context > decoder.maxPosition()) {
            throw weights.fail("chunk " + chunk + " and context " + context + " must satisfy 1 <= chunk <= context <= "
                    + decoder.maxPosition() + " (max_position_embeddings)", "Choose other sizes.");
        }
        try {
            Program program = new Program(decoder.graphs(chunk, context));
            WeightCheck.requireAllUsed(checkpoint, weights.used());
            return program;
        } catch (IllegalArgumentException e) {
            throw new ModelException(checkpoint.folder().toString(), "configuration and tensors do not fit each other: "
                    + e.getMessage(), "Check that config.json belongs to these weights.", e);
        }
    }
}
