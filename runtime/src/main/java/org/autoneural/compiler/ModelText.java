package org.autoneural.compiler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.autoneural.image.Preprocessing;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.text.ChatTemplate;
import org.autoneural.text.PictureTokens;
import org.autoneural.text.PromptBuilder;
import org.autoneural.text.Tokenizer;

/** Tokenizer, prompts and picture preparation of a checkpoint folder, for work on floats: calibration and the reference. */
record ModelText(Tokenizer tokenizer, PromptBuilder prompts, Preprocessing preprocessing) implements AutoCloseable {
    /** Of the checkpoint in {@code folder}, for pictures of the size that the vision graph takes. */
    static ModelText read(Path folder, int pictureHeight, int pictureWidth) {
        Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
        byte[] tokenizerConfig = bytes(folder, "tokenizer_config.json");
        PromptBuilder prompts = new PromptBuilder(tokenizer, ChatTemplate.of(tokenizerConfig, "tokenizer_config.json"),
                PictureTokens.of(bytes(folder, "config.json"), tokenizerConfig));
        Preprocessing preprocessing = Preprocessing.of(bytes(folder, "preprocessor_config.json"), "preprocessor_config.json");
        return new ModelText(tokenizer, prompts, preprocessing.withSize(pictureWidth, pictureHeight));
    }

    /** A picture as entry point {@code vision} takes it: u8[1, H, W, 3]. */
    Tensor pixels(Shape image, Path picture) {
        byte[] rgb = preprocessing.read(picture);
        int[] pixels = new int[rgb.length];
        Arrays.setAll(pixels, i -> rgb[i] & 0xFF);
        return Tensor.ofInts(DType.U8, image, pixels);
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
