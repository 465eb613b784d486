package org.autoneural.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Reads what {@code quantize-report --json} wrote. */
final class LossFile {
    private LossFile() {
    }

    /** Signal-to-noise ratio of results against float by their names, in dB; of the integers where they were run. */
    static Map<String, Double> sqnrDb(Path file) {
        try {
            JsonNode layers = new JsonMapper().readTree(Files.readAllBytes(file)).path("layers");
            if (!layers.isArray()) {
                throw new InputException(file + " has no array 'layers'; a file that 'autoneural quantize-report --json' wrote is needed");
            }
            Map<String, Double> byValue = new HashMap<>();
            for (JsonNode layer : layers) {
                JsonNode error = layer.path("integer").path("sqnrDb").isNumber() ? layer.path("integer") : layer.path("quantized");
                if (error.path("sqnrDb").isNumber()) {
                    byValue.put(layer.path("value").asText(), error.path("sqnrDb").asDouble());
                }
            }
            return byValue;
        } catch (NoSuchFileException e) {
            throw new InputException("there is no file " + file + "; write it with: autoneural quantize-report MODEL --json " + file);
        } catch (JsonProcessingException e) {
            throw new InputException(file + " is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + e.getMessage());
        }
    }
}
