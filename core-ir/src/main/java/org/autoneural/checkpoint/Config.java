package org.autoneural.checkpoint;

import static org.autoneural.checkpoint.StrictJson.quote;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A JSON file with typed access. A key names a value by its path, {@code "text_config.hidden_size"}. A value that is
 * {@code null} counts as absent, as such files use it. Whatever is missing or of another type is a
 * {@link CheckpointException} with file, key, value found and value expected.
 */
public final class Config {
    private static final int MAX_BYTES = 16 << 20;

    private final Path file;
    private final String prefix; // of this section's keys in messages: "" or "text_config."
    private final JsonNode root;

    private Config(Path file, String prefix, JsonNode root) {
        this.file = file;
        this.prefix = prefix;
        this.root = root;
    }

    /** Reads a file of at most 16 MiB that holds one JSON object. */
    public static Config read(Path file) {
        JsonNode root = StrictJson.tree(file, MAX_BYTES);
        if (!root.isObject()) {
            throw new CheckpointException(file, "the file holds " + describe(root) + "; expected an object", StrictJson.REMEDY + ".");
        }
        return new Config(file, "", root);
    }

    /** The configuration {@code json}; messages call it {@code name}. */
    public static Config parse(String name, String json) {
        Path file = Path.of(name);
        return new Config(file, "", StrictJson.tree(file, json.getBytes(StandardCharsets.UTF_8)));
    }

    /** The file, or the name given to {@link #parse}, that messages speak of. */
    public Path file() {
        return file;
    }

    /** Whether there is a value at {@code key} that is not {@code null}. */
    public boolean has(String key) {
        return find(key).isPresent();
    }

    /** The object at {@code key} on its own: its keys are relative, messages still name the whole path. */
    public Config section(String key) {
        return new Config(file, prefix + key + ".", need(key, "an object", JsonNode::isObject, Function.identity()));
    }

    /** An integer of 32 bits. */
    public int getInt(String key) {
        return need(key, "an integer of 32 bits", JsonNode::isInt, JsonNode::intValue);
    }

    /** An integer of 32 bits, or {@code absent} when the key is not there. */
    public int getInt(String key, int absent) {
        return has(key) ? getInt(key) : absent;
    }

    /** A size or a count: at least 1. */
    public int getPositiveInt(String key) {
        return need(key, "a positive integer", n -> n.isInt() && n.intValue() > 0, JsonNode::intValue);
    }

    /** A size or a count, at least 1, or {@code absent} when the key is not there. */
    public int getPositiveInt(String key, int absent) {
        return has(key) ? getPositiveInt(key) : absent;
    }

    /** A finite number, with or without a fraction. */
    public double getDouble(String key) {
        return need(key, "a finite number", Config::isFinite, JsonNode::doubleValue);
    }

    /** A finite number, or {@code absent} when the key is not there. */
    public double getDouble(String key, double absent) {
        return has(key) ? getDouble(key) : absent;
    }

    /** True or false. */
    public boolean getBoolean(String key) {
        return need(key, "true or false", JsonNode::isBoolean, JsonNode::booleanValue);
    }

    /** True or false, or {@code absent} when the key is not there. */
    public boolean getBoolean(String key, boolean absent) {
        return has(key) ? getBoolean(key) : absent;
    }

    /** A string, which may be empty. */
    public String getString(String key) {
        return need(key, "a string", JsonNode::isTextual, JsonNode::textValue);
    }

    /** A string, or {@code absent} when the key is not there. */
    public String getString(String key, String absent) {
        return has(key) ? getString(key) : absent;
    }

    /** A string that must be one of {@code allowed}: for what selects a kind of layer, activation or padding. */
    public String getString(String key, List<String> allowed) {
        return need(key, "one of " + allowed, n -> n.isTextual() && allowed.contains(n.textValue()), JsonNode::textValue);
    }

    /** A list of integers of 32 bits. */
    public List<Integer> getInts(String key) {
        return list(key, node(key), "an integer of 32 bits", JsonNode::isInt, JsonNode::intValue);
    }

    /** A list of finite numbers. */
    public List<Double> getDoubles(String key) {
        return list(key, node(key), "a finite number", Config::isFinite, JsonNode::doubleValue);
    }

    /** A list of strings. */
    public List<String> getStrings(String key) {
        return list(key, node(key), "a string", JsonNode::isTextual, JsonNode::textValue);
    }

    /** A list of lists of strings, such as the stages of an {@code arch_def}. */
    public List<List<String>> getStringLists(String key) {
        List<List<String>> lists = new ArrayList<>();
        for (JsonNode inner : list(key, node(key), "an array", JsonNode::isArray, Function.identity())) {
            lists.add(list(key + "[" + lists.size() + "]", inner, "a string", JsonNode::isTextual, JsonNode::textValue));
        }
        return List.copyOf(lists);
    }

    /** The value as a Jackson tree, for files whose form is too free for the methods above. */
    public Optional<JsonNode> find(String key) {
        JsonNode node = root;
        String path = "";
        for (String part : key.split("\\.")) {
            if (!node.isObject()) {
                throw fail(path, describe(node), "an object");
            }
            node = node.path(part);
            path = path.isEmpty() ? part : path + "." + part;
            if (node.isMissingNode() || node.isNull()) {
                return Optional.empty();
            }
        }
        return Optional.of(node);
    }

    /** The error for a value that is well-formed, but not one the caller can use. */
    public CheckpointException unsupported(String key, String expected) {
        return fail(key, find(key).map(Config::describe).orElse("missing"), expected);
    }

    private JsonNode node(String key) {
        return find(key).orElseThrow(() -> fail(key, "missing", "an array"));
    }

    private <T> T need(String key, String expected, Predicate<JsonNode> allowed, Function<JsonNode, T> value) {
        Optional<JsonNode> node = find(key);
        if (node.isEmpty() || !allowed.test(node.get())) {
            throw unsupported(key, expected);
        }
        return value.apply(node.get());
    }

    private <T> List<T> list(String path, JsonNode array, String expected, Predicate<JsonNode> allowed,
            Function<JsonNode, T> value) {
        if (!array.isArray()) {
            throw fail(path, describe(array), "an array");
        }
        List<T> values = new ArrayList<>(array.size());
        for (JsonNode item : array) {
            if (!allowed.test(item)) {
                throw fail(path + "[" + values.size() + "]", describe(item), expected);
            }
            values.add(value.apply(item));
        }
        return List.copyOf(values);
    }

    private CheckpointException fail(String key, String found, String expected) {
        return new CheckpointException(file, prefix + key + " is " + found + "; expected " + expected,
                "Correct the value, or use a checkpoint of a supported model.");
    }

    private static boolean isFinite(JsonNode node) {
        return node.isNumber() && Double.isFinite(node.doubleValue());
    }

    private static String describe(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "an array of " + node.size();
            case STRING -> quote(node.textValue());
            case MISSING -> "nothing";
            default -> node.asText();
        };
    }
}
