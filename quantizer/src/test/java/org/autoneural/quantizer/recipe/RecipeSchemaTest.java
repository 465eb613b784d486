package org.autoneural.quantizer.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RecipeSchemaTest {
    private static final Path PAGE = Path.of("..", "docs", "recipe.schema.json");

    @Test
    void thePublishedSchemaIsCurrent() throws IOException {
        if (Boolean.getBoolean("autoneural.update.goldens")) {
            Files.writeString(PAGE, RecipeSchema.print());
        }
        assertThat(PAGE).content().isEqualTo(RecipeSchema.print());
    }

    @Test
    void itHasTheFieldsThatTheReaderTakes() throws IOException {
        JsonNode schema = new ObjectMapper().readTree(RecipeSchema.print());
        TreeSet<String> recipe = new TreeSet<>();
        schema.path("properties").fieldNames().forEachRemaining(recipe::add);
        assertThat(recipe).isEqualTo(new TreeSet<>(RecipeJson.RECIPE_FIELDS));
        TreeSet<String> rule = new TreeSet<>();
        schema.at("/properties/rules/items/properties").fieldNames().forEachRemaining(rule::add);
        assertThat(rule).isEqualTo(new TreeSet<>(RecipeJson.RULE_FIELDS));
    }
}
