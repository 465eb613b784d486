package org.autoneural.compiler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.autoneural.image.Preprocessing;
import org.autoneural.text.ChatTemplate;
import org.autoneural.text.PictureTokens;
import org.autoneural.text.PromptBuilder;
import org.autoneural.text.Tokenizer;

/** Tokenizer, prompts and picture preparation of a checkpoint folder, for work on floats: calibration and the reference. */
record ModelText(Tokenizer tokenizer, PromptBuilder prompts, Preprocessing preprocessing) implements AutoCloseable {
    /** @param pictureSize height and width that the vision graph takes */
    static ModelText read(Path folder, int pictureHeight, int pictureWidth) {
        Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
        byte[] tokenizerConfig = bytes(folder, "tokenizer_config.json");
        PromptBuilder prompts = new PromptBuilder(tokenizer, ChatTemplate.of(tokenizerConfig, "tokenizer_config.json"),
                PictureTokens.of(bytes(folder, "config.json"), tokenizerConfig));
        Preprocessing preprocessing = Preprocessing.of(bytes(folder, "preprocessor_config.json"), "preprocessor_config.json");
        return new ModelText(tokenizer, prompts, preprocessing.withSize(pictureWidth, pictureHeight));
    }

    private static byte[] bytes(Path folder, String name) {
        try {
            return Files.readAllBytes(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder.resolve(name) + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
