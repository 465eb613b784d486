package org.autoneural.quantizer.recipe;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.autoneural.quantizer.recipe.Recipe.WeightException;

/**
 * Recipes as JSON. Everything may be left out but {@code name}; what is left out is as in preset {@code base}
 * (default {@code w8a16-w4a16}):
 *
 * <pre>{@code
 * {
 *   "name": "mine",
 *   "base": "w8a16-w4a16",
 *   "weights": {"vision": 8, "language": 4},
 *   "activations": 16,
 *   "keysAndValues": 8,
 *   "percentile": {"s8": 99.99, "s16": 100},
 *   "headroom": 1.25,
 *   "clipInt4": true,
 *   "exceptions": [{"weight": "model.layers.5.*", "bits": 8}, {"op": "gather", "bits": 8}]
 * }
 * }</pre>
 *
 * {@code exceptions} come before those of the base.
 */
public final class RecipeJson {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private final String file;

    private RecipeJson(String file) {
        this.file = file;
    }

    /**
     * Reads a recipe.
     *
     * @param file where the text is from, for messages
     * @throws IllegalArgumentException naming file and field, what was found and what is allowed
     */
    public static Recipe parse(String file, String json) {
        return new RecipeJson(file).recipe(json);
    }

    private Recipe recipe(String json) {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw error("not JSON: " + e.getOriginalMessage() + (e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")"));
        }
        fields(root, "the recipe", Set.of("name", "base", "weights", "activations", "keysAndValues", "percentile", "headroom",
                "clipInt4", "exceptions"));
        if (!root.path("name").isTextual()) {
            throw error("\"name\" must be a text");
        }
        try {
            Recipe base = Recipe.preset(text(root, "base", Recipe.w8a16w4a16().name()));
            JsonNode weights = object(root, "weights", Set.of("vision", "language"));
            JsonNode percentile = object(root, "percentile", Set.of("s8", "s16"));
            return new Recipe(root.get("name").textValue(),
                    integer(weights, "vision", base.visionWeightBits()),
                    integer(weights, "language", base.languageWeightBits()),
                    integer(root, "activations", base.activationBits()),
                    integer(root, "keysAndValues", base.keyValueBits()),
                    number(percentile, "s8", base.percent8()),
                    number(percentile, "s16", base.percent16()),
                    number(root, "headroom", base.headroom16()),
                    flag(root, "clipInt4", base.clipInt4()),
                    exceptions(root.path("exceptions"), base.exceptions()));
        } catch (IllegalArgumentException e) {
            throw e.getMessage().startsWith("recipe ") ? e : error(e.getMessage());
        }
    }

    private List<WeightException> exceptions(JsonNode node, List<WeightException> base) {
        List<WeightException> all = new ArrayList<>();
        if (!node.isMissingNode() && !node.isArray()) {
            throw error("\"exceptions\" must be a list");
        }
        for (JsonNode e : node) {
            fields(e, "an exception", Set.of("weight", "op", "bits"));
            if (!e.has("bits")) {
                throw error("an exception has no \"bits\": " + e);
            }
            all.add(new WeightException(text(e, "weight", ""), text(e, "op", ""), integer(e, "bits", 0)));
        }
        all.addAll(base);
        return all;
    }

    private JsonNode object(JsonNode parent, String field, Set<String> allowed) {
        JsonNode node = parent.path(field);
        if (!node.isMissingNode()) {
            fields(node, "\"" + field + "\"", allowed);
        }
        return node;
    }

    private void fields(JsonNode node, String what, Set<String> allowed) {
        if (!node.isObject()) {
            throw error(what + " must be an object");
        }
        for (Iterator<String> names = node.fieldNames(); names.hasNext();) {
            String name = names.next();
            if (!allowed.contains(name)) {
                throw error(what + " has an unknown field \"" + name + "\" (allowed: " + allowed.stream().sorted().toList() + ")");
            }
        }
    }

    private String text(JsonNode parent, String field, String otherwise) {
        JsonNode node = parent.path(field);
        if (!node.isMissingNode() && !node.isTextual()) {
            throw error("\"" + field + "\" must be a text, is " + node);
        }
        return node.asText(otherwise);
    }

    private int integer(JsonNode parent, String field, int otherwise) {
        JsonNode node = parent.path(field);
        if (!node.isMissingNode() && !node.isInt()) {
            throw error("\"" + field + "\" must be a whole number, is " + node);
        }
        return node.asInt(otherwise);
    }

    private double number(JsonNode parent, String field, double otherwise) {
        JsonNode node = parent.path(field);
        if (!node.isMissingNode() && !node.isNumber()) {
            throw error("\"" + field + "\" must be a number, is " + node);
        }
        return node.asDouble(otherwise);
    }

    private boolean flag(JsonNode parent, String field, boolean otherwise) {
        JsonNode node = parent.path(field);
        if (!node.isMissingNode() && !node.isBoolean()) {
            throw error("\"" + field + "\" must be true or false, is " + node);
        }
        return node.asBoolean(otherwise);
    }

    private IllegalArgumentException error(String what) {
        return new IllegalArgumentException("recipe " + file + ": " + what);
    }
}
