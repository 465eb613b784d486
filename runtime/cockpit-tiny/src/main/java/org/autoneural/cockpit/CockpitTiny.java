package org.autoneural.cockpit;

import java.nio.file.Path;

/**
 * The built-in model: a small, really trained vision-language model that reads instrument clusters.
 *
 * <p>Every path lies on the default file system and may be memory-mapped. When this module is on disk as a folder, the
 * paths point into it. When it is a jar, its files are copied once into the user's cache folder, named after a hash of
 * their content, and never change afterwards: treat them as read-only.
 *
 * <p>Sizes: about 9.4 MB for the model, 9.8 MB for the baseline, 3 MB for the questions and pictures.
 */
public final class CockpitTiny {
    private static final String MODEL = "cockpit-tiny";
    private static final String BASELINE = "cockpit-tiny-baseline";

    private CockpitTiny() {
    }

    /**
     * Checkpoint folder of the model: {@code config.json}, {@code model.safetensors}, {@code tokenizer.json},
     * {@code tokenizer_config.json}, {@code preprocessor_config.json}, {@code generation_config.json}.
     *
     * @throws CockpitFilesException when the files cannot be copied to the cache folder
     */
    public static Path checkpoint() {
        return folder(MODEL);
    }

    /**
     * Checkpoint folder of the conventional baseline (ViT encoder, Transformer decoder), same files and same tokenizer.
     *
     * @throws CockpitFilesException when the files cannot be copied to the cache folder
     */
    public static Path baseline() {
        return folder(BASELINE);
    }

    /**
     * The questions, one JSON object a line ({@code image}, {@code split}, {@code kind}, {@code question},
     * {@code answer}, {@code float_answer}); {@code image} is relative to the folder of this file.
     *
     * @throws CockpitFilesException when the files cannot be copied to the cache folder
     */
    public static Path evalSet() {
        return checkpoint().resolve("eval").resolve("qa.jsonl");
    }

    /**
     * One picture of the test split, 128 x 128 RGB PNG: 70 km/h, gear P, full tank, battery warning on.
     *
     * @throws CockpitFilesException when the files cannot be copied to the cache folder
     */
    public static Path samplePicture() {
        return checkpoint().resolve("eval").resolve("images").resolve("test_instr_1000.png");
    }

    private static Path folder(String name) {
        return ResourceFolder.of(CockpitTiny.class, name, ResourceFolder.userCache(System.getProperties(), System.getenv()))
                .locate();
    }
}
