package org.autoneural.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The built-in model's text files and a small word-level tokenizer, as bytes. */
final class Fixtures {
    static final String MODEL = "/org/autoneural/cockpit/cockpit-tiny/";

    private Fixtures() {
    }

    static byte[] resource(String name) {
        try (InputStream in = Fixtures.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Tokenizer tokenizer() {
        return Tokenizer.of(resource(MODEL + "tokenizer.json"), "tokenizer.json");
    }

    static PromptBuilder promptBuilder(Tokenizer tokenizer) {
        byte[] config = resource(MODEL + "tokenizer_config.json");
        return new PromptBuilder(tokenizer, ChatTemplate.of(config, "tokenizer_config.json"),
                PictureTokens.of(resource(MODEL + "config.json"), config));
    }

    /** Byte-level BPE over a, b, c, ab and the word abc, which no merge makes. */
    static byte[] byteLevelBpe(boolean ignoreMerges, String merges) {
        return ("""
                {"version": "1.0", "added_tokens": [
                  {"id": 5, "content": "<|x|>", "special": true, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false},
                  {"id": 6, "content": "<|x|>!", "special": false, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false}],
                 "normalizer": null,
                 "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
                 "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<|x|>", "type_id": 0}},
                   {"Sequence": {"id": "A", "type_id": 0}}], "pair": [],
                   "special_tokens": {"<|x|>": {"id": "<|x|>", "ids": [5], "tokens": ["<|x|>"]}}},
                 "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
                 "model": {"type": "BPE", "ignore_merges": %s,
                   "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4}, "merges": %s}}
                """).formatted(ignoreMerges, merges).getBytes(StandardCharsets.UTF_8);
    }

    static Message user(String text) {
        return Message.of("user", text);
    }

    static ChatTemplate template(String... lines) {
        return ChatTemplate.of(String.join("\n", List.of(lines)), Map.of("bos_token", "<s>"), "test");
    }
}
