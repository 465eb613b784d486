package org.autoneural.quantizer.recipe;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.autoneural.quantizer.recipe.Treatment.Rounding;
import org.autoneural.quantizer.recipe.Treatment.Scales;
import org.autoneural.quantizer.recipe.Treatment.Transform;

/**
 * Recipes as JSON; {@code docs/recipe.schema.json} is the schema, {@code docs/quantization.md} the guide. Everything may be left
 * out but {@code name}; what is left out is as in preset {@code base} (default {@code w8a16-w4a16}), whose rules come after those
 * of the file.
 */
public final class RecipeJson {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    static final Set<String> RECIPE_FIELDS = Set.of("$schema", "name", "base", "transforms", "keysAndValues", "headroom", "rules");
    static final Set<String> RULE_FIELDS = Set.of("name", "op", "part", "maxInputs", "weights", "activations", "range", "scales",
            "rounding", "biasCorrection");

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

    /** A recipe file's text that {@link #parse} reads as {@code recipe}, provided that its last rules are those of {@code base}. */
    public static String print(Recipe recipe, Recipe base) {
        List<Rule> own = recipe.rules().subList(0, recipe.rules().size() - base.rules().size());
        if (!recipe.equals(new Recipe(recipe.name(), recipe.transforms(), recipe.keyValueBits(), recipe.headroom16(), base.with("", own).rules()))) {
            throw new IllegalArgumentException("recipe " + recipe.name() + " does not end with the rules of " + base.name());
        }
        ObjectNode root = MAPPER.createObjectNode().put("name", recipe.name()).put("base", base.name());
        ArrayNode transforms = root.putArray("transforms");
        recipe.transforms().forEach(t -> transforms.add(t.toString()));
        root.put("keysAndValues", recipe.keyValueBits()).put("headroom", recipe.headroom16());
        ArrayNode rules = root.putArray("rules");
        own.forEach(r -> print(r, rules.addObject()));
        return root.toPrettyString() + "\n";
    }

    private static void print(Rule r, ObjectNode to) {
        if (!r.name().isEmpty()) {
            to.put("name", r.name());
        }
        if (!r.op().isEmpty()) {
            to.put("op", r.op());
        }
        if (!r.part().isEmpty()) {
            to.put("part", r.part());
        }
        r.maxInputs().ifPresent(v -> to.put("maxInputs", v));
        r.weights().ifPresent(v -> to.put("weights", v));
        r.activations().ifPresent(v -> to.put("activations", v));
        r.range().ifPresent(v -> to.put("range", v.toString()));
        r.scales().ifPresent(v -> to.put("scales", v.toString()));
        r.rounding().ifPresent(v -> to.put("rounding", v.toString()));
        r.biasCorrection().ifPresent(v -> to.put("biasCorrection", v));
    }

    private Recipe recipe(String json) {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw error("not JSON: " + e.getOriginalMessage() + (e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")"));
        }
        fields(root, "the recipe", RECIPE_FIELDS);
        if (!root.path("name").isTextual()) {
            throw error("\"name\" must be a text");
        }
        try {
            Recipe base = Recipe.preset(text(root, "base").orElse(Recipe.w8a16w4a16().name()));
            return new Recipe(root.get("name").textValue(), transforms(root, base), integer(root, "keysAndValues").orElse(base.keyValueBits()),
                    number(root, "headroom", base.headroom16()), base.with("", rules(root)).rules());
        } catch (IllegalArgumentException e) {
            throw e.getMessage().startsWith("recipe ") ? e : error(e.getMessage());
        }
    }

    private List<Transform> transforms(JsonNode root, Recipe base) {
        if (!root.has("transforms")) {
            return base.transforms();
        }
        List<Transform> transforms = new ArrayList<>();
        for (JsonNode t : list(root, "transforms")) {
            transforms.add(Treatment.parse(Transform.class, "a transform", t.asText()));
        }
        return transforms;
    }

    private List<Rule> rules(JsonNode root) {
        List<Rule> rules = new ArrayList<>();
        for (JsonNode node : list(root, "rules")) {
            try {
                rules.add(rule(node));
            } catch (IllegalArgumentException e) {
                throw e.getMessage().startsWith("recipe ") ? e : error("rule " + (rules.size() + 1) + ": " + e.getMessage());
            }
        }
        return rules;
    }

    private Rule rule(JsonNode node) {
        fields(node, "a rule", RULE_FIELDS);
        Rule rule = new Rule(text(node, "name").orElse(""), text(node, "op").orElse(""), text(node, "part").orElse(""), integer(node, "maxInputs"),
                integer(node, "weights"), integer(node, "activations"), text(node, "range").map(RangeKind::parse),
                text(node, "scales").map(t -> Treatment.parse(Scales.class, "scales", t)),
                text(node, "rounding").map(t -> Treatment.parse(Rounding.class, "rounding", t)), flag(node, "biasCorrection"));
        if (!rule.setsSomething()) {
            throw new IllegalArgumentException("sets nothing: " + node + " (allowed: one or more of weights, activations, range, scales,"
                    + " rounding, biasCorrection)");
        }
        return rule;
    }

    private JsonNode list(JsonNode parent, String field) {
        JsonNode node = parent.path(field);
        if (!node.isMissingNode() && !node.isArray()) {
            throw error("\"" + field + "\" must be a list");
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

    private Optional<String> text(JsonNode parent, String field) {
        return field(parent, field, JsonNode::isTextual, "a text").map(JsonNode::textValue);
    }

    private OptionalInt integer(JsonNode parent, String field) {
        return field(parent, field, JsonNode::isInt, "a whole number").map(n -> OptionalInt.of(n.intValue())).orElse(OptionalInt.empty());
    }

    private double number(JsonNode parent, String field, double otherwise) {
        return field(parent, field, JsonNode::isNumber, "a number").map(JsonNode::doubleValue).orElse(otherwise);
    }

    private Optional<Boolean> flag(JsonNode parent, String field) {
        return field(parent, field, JsonNode::isBoolean, "true or false").map(JsonNode::booleanValue);
    }

    private Optional<JsonNode> field(JsonNode parent, String field, Predicate<JsonNode> right, String what) {
        JsonNode node = parent.path(field);
        if (!node.isMissingNode() && !right.test(node)) {
            throw error("\"" + field + "\" must be " + what + ", is " + node);
        }
        return Optional.of(node).filter(n -> !n.isMissingNode());
    }

    private IllegalArgumentException error(String what) {
        return new IllegalArgumentException("recipe " + file + ": " + what);
    }
}
