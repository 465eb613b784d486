package org.autoneural.compiler;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Questions about pictures with their answers, read from a {@code qa.jsonl}: one JSON object a line,
 * {@code {"image": path relative to the file, "question": ..., "answer": ..., "kind": ..., "split": ...}}. {@code kind} (default
 * {@value #DEFAULT_KIND}), {@code split} and {@code float_answer} may be left out, other fields are ignored, blank lines skipped.
 *
 * @param file  where the lines come from
 * @param lines in the order of the file
 */
public record QaSet(Path file, List<Line> lines) {
    /** Kind of lines that name none. */
    public static final String DEFAULT_KIND = "all";
    /** The split that results are reported on. */
    public static final String TEST = "test";
    private static final long MAX_BYTES = 256L << 20;
    private static final ObjectReader JSON = JsonMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build().readerFor(JsonNode.class);

    /**
     * One question.
     *
     * @param number      of the line in the file, from 1
     * @param image       picture file; it exists
     * @param question    the user's words
     * @param answer      the right answer
     * @param kind        group in which results are counted
     * @param split       part of the data set that it belongs to
     * @param floatAnswer what the float reference is known to answer
     */
    public record Line(int number, Path image, String question, String answer, String kind, Optional<String> split,
            Optional<String> floatAnswer) {}

    public QaSet {
        lines = List.copyOf(lines);
    }

    /**
     * Reads a file whole, at most 256 MiB.
     *
     * @throws QaException naming the line and the field when the file is missing or malformed, or a picture is missing
     */
    public static QaSet read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new QaException("questions " + file + (Files.exists(file) ? " is not a file" : " does not exist")
                    + "; a qa.jsonl is needed: one JSON object a line with image, question and answer");
        }
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            if (Files.size(file) > MAX_BYTES) {
                throw new QaException("questions " + file + " has " + Files.size(file) + " bytes; allowed: at most " + MAX_BYTES
                        + "; split the file");
            }
            List<Line> lines = new ArrayList<>();
            int number = 0;
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                number++;
                if (!text.isBlank()) {
                    lines.add(line(file, number, text));
                }
            }
            if (lines.isEmpty()) {
                throw new QaException("questions " + file + " holds no line; at least one question is needed");
            }
            return new QaSet(file, lines);
        } catch (CharacterCodingException e) {
            throw new QaException("questions " + file + " is not UTF-8 text; save it as UTF-8", e);
        } catch (IOException e) {
            throw new QaException("questions " + file + " cannot be read: " + e, e);
        }
    }

    private static Line line(Path file, int number, String text) {
        JsonNode object;
        try {
            object = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new QaException(place(file, number) + "not JSON: " + e.getOriginalMessage()
                    + "; each line is one JSON object", e);
        }
        if (!object.isObject()) {
            throw new QaException(place(file, number) + "found " + kindOf(object) + "; each line is one JSON object");
        }
        String image = required(object, "image", file, number);
        Path picture;
        try {
            picture = file.toAbsolutePath().getParent().resolve(image).normalize();
        } catch (InvalidPathException e) {
            throw new QaException(place(file, number) + "field image is no path: " + e.getMessage(), e);
        }
        if (!Files.isRegularFile(picture)) {
            throw new QaException(place(file, number) + "field image is '" + image + "', but there is no file " + picture
                    + "; paths are relative to the folder of the questions");
        }
        return new Line(number, picture, required(object, "question", file, number), required(object, "answer", file, number),
                optional(object, "kind", file, number).orElse(DEFAULT_KIND), optional(object, "split", file, number),
                optional(object, "float_answer", file, number));
    }

    private static String required(JsonNode object, String field, Path file, int number) {
        return optional(object, field, file, number).filter(s -> !s.isBlank()).orElseThrow(() -> new QaException(
                place(file, number) + "field " + field + " is missing or empty; a text is needed"));
    }

    private static Optional<String> optional(JsonNode object, String field, Path file, int number) {
        JsonNode value = object.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw new QaException(place(file, number) + "field " + field + " is " + kindOf(value) + "; a text is needed");
        }
        return Optional.of(value.textValue());
    }

    private static String place(Path file, int number) {
        return "questions " + file + ", line " + number + ": ";
    }

    private static String kindOf(JsonNode node) {
        return node.isMissingNode() ? "nothing" : "a JSON " + node.getNodeType().toString().toLowerCase(Locale.ROOT);
    }

    /** Names of all splits, in the order of the file. */
    public Set<String> splits() {
        Set<String> names = new LinkedHashSet<>();
        lines.forEach(line -> line.split().ifPresent(names::add));
        return names;
    }

    /**
     * The lines of one split; all lines when none names a split.
     *
     * @throws QaException naming the splits there are when lines name others only
     */
    public QaSet split(String name) {
        Set<String> splits = splits();
        if (splits.isEmpty()) {
            return this;
        }
        if (!splits.contains(name)) {
            throw new QaException("questions " + file + " has no line of split '" + name + "'; there are " + splits);
        }
        return new QaSet(file, lines.stream().filter(line -> line.split().equals(Optional.of(name))).toList());
    }

    /** The lines that results are reported on: split {@value #TEST} when there is one, else all lines. */
    public QaSet reported() {
        return splits().contains(TEST) ? split(TEST) : this;
    }

    /** At most {@code most} of the lines, spread evenly over the file. */
    public QaSet spread(int most) {
        int count = Math.min(most, lines.size());
        return new QaSet(file, IntStream.range(0, count).mapToObj(i -> lines.get((int) ((long) i * lines.size() / count))).toList());
    }

    /** The pictures that the lines ask about, each once, in the order of the file. */
    public List<Path> pictures() {
        return lines.stream().map(Line::image).distinct().toList();
    }
}
