package org.autoneural.compiler;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What to compile, and how. {@link #of} has a good default for everything.
 *
 * @param checkpoint  folder with config.json, model.safetensors (or its index) and tokenizer.json
 * @param target      name of a back end's target
 * @param recipe      a preset's name ({@code w8a16-w4a16}) or the path of a recipe file
 * @param calibration a qa.jsonl with pictures and questions; empty: the checkpoint's own {@code eval/qa.jsonl}
 * @param context     most tokens of a conversation; empty: the model's own limit, at most {@value #MAX_DEFAULT_CONTEXT}
 * @param chunk       tokens of one prefill
 * @param pictureSize height and width of the picture in pixels; empty: the model's own
 * @param encodings   encodings from a file instead of the recipe's
 */
public record CompileOptions(Path checkpoint, String target, String recipe, Optional<Path> calibration, OptionalInt context,
        int chunk, OptionalInt pictureSize, Optional<GivenEncodings> encodings) {
    /** Longest context that is chosen without being asked for: its caches are part of every session. */
    public static final int MAX_DEFAULT_CONTEXT = 4096;
    private static final int DEFAULT_CHUNK = 32;

    public CompileOptions {
        require(chunk >= 1 && chunk <= 4096, "chunk", chunk, "1 to 4096");
        require(context.orElse(1) >= 1, "context", context.orElse(1), "at least 1");
        require(pictureSize.orElse(1) >= 1, "picture size", pictureSize.orElse(1), "at least 1");
    }

    /** Everything by default: the simulator, 8-bit vision and 4-bit language weights with 16-bit activations. */
    public static CompileOptions of(Path checkpoint) {
        return new CompileOptions(checkpoint, "sim", "w8a16-w4a16", Optional.empty(), OptionalInt.empty(), DEFAULT_CHUNK,
                OptionalInt.empty(), Optional.empty());
    }

    /** The same for another target, by its name ({@code qnn-sa8295p}). */
    public CompileOptions withTarget(String other) {
        return new CompileOptions(checkpoint, other, recipe, calibration, context, chunk, pictureSize, encodings);
    }

    /** The same with another recipe: a preset's name, or the path of a {@code .json} file. */
    public CompileOptions withRecipe(String other) {
        return new CompileOptions(checkpoint, target, other, calibration, context, chunk, pictureSize, encodings);
    }

    /** The same, calibrated on another qa.jsonl. */
    public CompileOptions withCalibration(Path other) {
        return new CompileOptions(checkpoint, target, recipe, Optional.of(other), context, chunk, pictureSize, encodings);
    }

    /** The same with conversations of at most {@code other} tokens, at least 1. */
    public CompileOptions withContext(int other) {
        return new CompileOptions(checkpoint, target, recipe, calibration, OptionalInt.of(other), chunk, pictureSize, encodings);
    }

    /** The same with prefills of {@code other} tokens, 1 to 4096. */
    public CompileOptions withChunk(int other) {
        return new CompileOptions(checkpoint, target, recipe, calibration, context, other, pictureSize, encodings);
    }

    /** The same with pictures of {@code other} x {@code other} pixels. */
    public CompileOptions withPictureSize(int other) {
        return new CompileOptions(checkpoint, target, recipe, calibration, context, chunk, OptionalInt.of(other), encodings);
    }

    /** The same with encodings from a file. */
    public CompileOptions withEncodings(GivenEncodings other) {
        return new CompileOptions(checkpoint, target, recipe, calibration, context, chunk, pictureSize, Optional.of(other));
    }

    private static void require(boolean ok, String name, Object found, String allowed) {
        if (!ok) {
            throw new IllegalArgumentException(name + " is " + found + "; allowed: " + allowed);
        }
    }
}
