package org.autoneural.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.autoneural.artifact.Artifact;

/** Reads a model's own generation settings from {@code generation_config.json}, stop tokens also from {@code config.json}. */
final class GenerationDefaults {
    private static final String FILE = "generation_config.json";
    private static final int MAX_TOKENS = 512;
    private static final JsonMapper JSON = new JsonMapper();

    private GenerationDefaults() {}

    static Generation read(Artifact artifact) {
        JsonNode settings = json(artifact, FILE);
        JsonNode config = json(artifact, "config.json");
        Set<Integer> stops = new HashSet<>();
        for (JsonNode node : new JsonNode[] {settings.path("eos_token_id"), config.path("eos_token_id"),
                config.path("text_config").path("eos_token_id")}) {
            if (node.isArray()) {
                node.forEach(id -> stops.add(id.asInt()));
            } else if (node.isInt()) {
                stops.add(node.asInt());
            }
        }
        try {
            return generation(settings, stops);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(FILE + " inside " + artifact.path() + ": " + e.getMessage()
                    + ". Mend the file in the checkpoint and recompile", e);
        }
    }

    private static Generation generation(JsonNode settings, Set<Integer> stops) {
        Sampling sampling = settings.path("do_sample").asBoolean(false)
                ? new Sampling(settings.path("temperature").asDouble(1), settings.path("top_k").asInt(0),
                        settings.path("top_p").asDouble(1), settings.path("min_p").asDouble(0),
                        settings.path("repetition_penalty").asDouble(1), 0)
                : Sampling.greedy();
        return new Generation(sampling, settings.path("max_new_tokens").asInt(MAX_TOKENS), stops);
    }

    private static JsonNode json(Artifact artifact, String name) {
        String text = artifact.file(name).map(b -> StandardCharsets.UTF_8.decode(b.duplicate()).toString()).orElse("{}");
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new IllegalArgumentException(name + " inside the compiled model is not JSON: " + e.getMessage(), e);
        }
    }
}
