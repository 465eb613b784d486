package org.autoneural.quantizer.encoding;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.autoneural.backend.Diagnostic;

/**
 * Encodings from a file of AIMET, versions 0.6.1, 1.0.0 and 2.0.0, checked as far as the file alone allows.
 *
 * @param file      where they come from, for messages
 * @param ours      whether this program wrote the file: its weights are then those of the compiled graph, with norm gains and
 *                  layer scales folded in; otherwise they are those of the checkpoint
 * @param encodings by name of tensor, in the order of the file
 */
public record EncodingsFile(String file, boolean ours, Map<String, TensorEncoding> encodings) {
    /** Field {@code producer} of files that this program writes. */
    static final String PRODUCER = "autoneural";
    private static final long MAX_BYTES = 512L << 20;
    // Python writes NaN for a scale that is none: read it, so that the message can name the tensor.
    private static final ObjectMapper MAPPER = JsonMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    public EncodingsFile {
        encodings = Collections.unmodifiableMap(new LinkedHashMap<>(encodings));
    }

    /**
     * Reads a file.
     *
     * @throws EncodingsException   QT020 when it is no such file or of another version, QT021 for each entry that is wrong
     * @throws UncheckedIOException when it cannot be read
     */
    public static EncodingsFile read(Path file) {
        return AimetReader.read(file.toString(), json(file));
    }

    /**
     * The same encodings under the names of this program.
     *
     * @param mapping a JSON object from a name in the encodings file to the tensor's name here, or to null for one that is to
     *                be left out; names that it lacks stay as they are
     * @throws EncodingsException QT020 when it is no such object, QT021 for a name that the encodings file lacks, or two names
     *                            for one tensor
     */
    public EncodingsFile renamed(Path mapping) {
        JsonNode names = json(mapping);
        String place = "mapping " + mapping;
        if (!names.isObject()) {
            throw new EncodingsException(mapping.toString(), List.of(Diagnostic.error("QT020", place, names.getNodeType().toString(),
                    "an object from names in the encodings file to names here, or to null", "")));
        }
        List<Diagnostic> findings = new ArrayList<>();
        Set<String> unused = new TreeSet<>();
        names.fieldNames().forEachRemaining(unused::add);
        unused.removeAll(encodings.keySet());
        unused.forEach(name -> findings.add(Diagnostic.error("QT021", place, "name '" + name + "'", "names that " + file + " has",
                "correct it or leave it out")));
        Map<String, TensorEncoding> renamed = new LinkedHashMap<>();
        encodings.forEach((name, encoding) -> {
            JsonNode to = names.path(name);
            if (!to.isMissingNode() && !to.isNull() && !to.isTextual()) {
                findings.add(Diagnostic.error("QT021", place, "'" + name + "' stands for " + to, "a name or null", ""));
            } else if (!to.isNull() && renamed.put(to.asText(name), encoding) != null) {
                findings.add(Diagnostic.error("QT021", place, "a second name for '" + to.asText(name) + "', '" + name + "'",
                        "one name for each tensor", "map one of them to null"));
            }
        });
        if (!findings.isEmpty()) {
            throw new EncodingsException(mapping.toString(), findings);
        }
        return new EncodingsFile(file + " with " + place, ours, renamed);
    }

    private static JsonNode json(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new EncodingsException(file.toString(), List.of(Diagnostic.error("QT020", "encodings " + file,
                        Files.size(file) + " bytes", "at most " + MAX_BYTES, "")));
            }
            return MAPPER.readTree(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException("there is no encodings file " + file, e);
        } catch (JsonProcessingException e) {
            throw new EncodingsException(file.toString(), List.of(Diagnostic.error("QT020", "encodings " + file
                    + (e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr()), e.getOriginalMessage(), "JSON", "")));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read encodings " + file + ": " + e.getMessage(), e);
        }
    }
}
