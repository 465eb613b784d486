package org.autoneural.quantizer.recipe;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.autoneural.quantizer.recipe.Treatment.Rounding;
import org.autoneural.quantizer.recipe.Treatment.Scales;
import org.autoneural.quantizer.recipe.Treatment.Transform;

/** The JSON schema (draft 2020-12) of recipe files: what editors complete and check by. */
public final class RecipeSchema {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private RecipeSchema() {}

    /** Text of {@code docs/recipe.schema.json}. */
    public static String print() {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema").put("title", "AutoNeural quantization recipe").put("type", "object")
                .put("additionalProperties", false);
        root.putArray("required").add("name");
        ObjectNode fields = root.putObject("properties");
        fields.putObject("$schema").put("type", "string");
        describe(fields, "name", "For messages and reports.").put("type", "string");
        choice(describe(fields, "base", "The preset that gives what is left out; its rules come after those here."),
                Recipe.presets().stream().map(Recipe::name).toList());
        ObjectNode transforms = describe(fields, "transforms", "Exact changes of the float model, done first, in this order.").put("type", "array");
        choice(transforms.putObject("items"), Treatment.names(Transform.class));
        bits(describe(fields, "keysAndValues", "Bits of keys, values and their caches."), 8, 16);
        describe(fields, "headroom", "Factor on the range of 16-bit activations.").put("type", "number").put("minimum", 1).put("maximum", 16);
        ObjectNode rules = describe(fields, "rules", "A tensor gets each setting from the first rule that matches it and has the setting.")
                .put("type", "array");
        rule(rules.putObject("items"));
        return root.toPrettyString() + "\n";
    }

    private static void rule(ObjectNode rule) {
        rule.put("type", "object").put("additionalProperties", false);
        ObjectNode fields = rule.putObject("properties");
        describe(fields, "name", "Matches weights or values by name; * stands for any characters.").put("type", "string");
        describe(fields, "op", "Matches weights by the op that reads them, values by the op that makes them.").put("type", "string");
        choice(describe(fields, "part", "Matches what belongs to entry point vision, or to the others."), List.of("vision", "language"));
        describe(fields, "maxInputs", "Matches weights of at most so many inputs an output channel; no values.").put("type", "integer").put("minimum", 1);
        bits(describe(fields, "weights", "Bits of a weight."), 4, 8);
        bits(describe(fields, "activations", "Bits of an activation."), 8, 16);
        describe(fields, "range", "How the range of an activation is found.").put("type", "string")
                .put("pattern", "^(" + String.join("|", RangeKind.NAMES) + "|percentile-[0-9.]+)$");
        choice(describe(fields, "scales", "How the scales of a weight are found."), Treatment.names(Scales.class));
        choice(describe(fields, "rounding", "How a weight is rounded."), Treatment.names(Rounding.class));
        describe(fields, "biasCorrection", "Whether the bias makes up for the shift of the mean.").put("type", "boolean");
    }

    private static ObjectNode describe(ObjectNode fields, String name, String text) {
        return fields.putObject(name).put("description", text);
    }

    private static void choice(ObjectNode field, List<String> names) {
        names.forEach(field.putArray("enum")::add);
    }

    private static void bits(ObjectNode field, int a, int b) {
        field.putArray("enum").add(a).add(b);
    }
}
