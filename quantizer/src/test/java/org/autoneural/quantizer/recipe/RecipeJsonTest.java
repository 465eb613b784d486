package org.autoneural.quantizer.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.autoneural.quantizer.recipe.Recipe.WeightException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeJsonTest {
    @Test
    void everyFieldIsRead() {
        Recipe recipe = RecipeJson.parse("r.json", """
                {"name": "mine", "base": "w8a16", "weights": {"vision": 4, "language": 8}, "activations": 8, "keysAndValues": 16,
                 "percentile": {"s8": 99.9, "s16": 99.99}, "headroom": 1.5, "clipInt4": false,
                 "exceptions": [{"weight": "*.out_proj.weight", "op": "linear", "bits": 4}]}
                """);
        assertThat(recipe).isEqualTo(new Recipe("mine", 4, 8, 8, 16, 99.9, 99.99, 1.5, false,
                List.of(new WeightException("*.out_proj.weight", "linear", 4))));
    }

    @Test
    void theExampleOfTheGuideIsARecipe() throws IOException {
        String guide = Files.readString(Path.of("..", "docs", "quantization.md"));
        String example = guide.split("```json\n", 2)[1].split("```", 2)[0];
        assertThat(RecipeJson.parse("quantization.md", example).name()).isEqualTo("careful");
    }

    @Test
    void whatIsLeftOutIsThePresets() {
        Recipe recipe = RecipeJson.parse("r.json", "{\"name\": \"w8a16-w4a16\"}");
        assertThat(recipe).isEqualTo(Recipe.w8a16w4a16());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{ | recipe r.json: not JSON",
        "[] | recipe r.json: the recipe must be an object",
        "{} | recipe r.json: \"name\" must be a text",
        "{\"name\":\"a\",\"name\":\"b\"} | recipe r.json: not JSON: Duplicate field 'name'",
        "{\"name\":\"a\",\"bits\":8} | recipe r.json: the recipe has an unknown field \"bits\" (allowed: [activations, base,",
        "{\"name\":\"a\",\"base\":\"w2\"} | recipe r.json: no recipe 'w2'; there are [w8a16-w4a16, w8a16, w8a8]",
        "{\"name\":\"a\",\"activations\":12} | recipe r.json: activations is 12 (allowed: 8 or 16)",
        "{\"name\":\"a\",\"activations\":\"16\"} | recipe r.json: \"activations\" must be a whole number, is \"16\"",
        "{\"name\":\"a\",\"weights\":4} | recipe r.json: \"weights\" must be an object",
        "{\"name\":\"a\",\"weights\":{\"vision\":5}} | recipe r.json: weights.vision is 5 (allowed: 4 or 8)",
        "{\"name\":\"a\",\"percentile\":{\"s8\":50}} | recipe r.json: percentile.s8 is 50.0 (allowed: above 50, at most 100)",
        "{\"name\":\"a\",\"headroom\":0.5} | recipe r.json: headroom is 0.5 (allowed: 1 to 16)",
        "{\"name\":\"a\",\"clipInt4\":1} | recipe r.json: \"clipInt4\" must be true or false, is 1",
        "{\"name\":\"a\",\"exceptions\":{}} | recipe r.json: \"exceptions\" must be a list",
        "{\"name\":\"a\",\"exceptions\":[{\"bits\":8}]} | recipe r.json: a weight exception names neither a weight nor an op",
        "{\"name\":\"a\",\"exceptions\":[{\"op\":\"linear\"}]} | recipe r.json: an exception has no \"bits\"",
    })
    void mistakesAreNamed(String json, String message) {
        assertThatThrownBy(() -> RecipeJson.parse("r.json", json)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void theFirstExceptionThatMatchesCounts() {
        Recipe recipe = RecipeJson.parse("r.json", """
                {"name": "mine", "exceptions": [{"weight": "a.*", "bits": 4}, {"op": "gather", "weight": "*.b", "bits": 8}]}
                """);
        assertThat(recipe.weightBits("a.b", "gather", true)).isEqualTo(4);
        assertThat(recipe.weightBits("c.b", "gather", false)).isEqualTo(8);
        assertThat(recipe.weightBits("c", "gather", false)).as("from the base").isEqualTo(8);
        assertThat(recipe.weightBits("c", "linear", false)).isEqualTo(4);
        assertThat(recipe.weightBits("c", "linear", true)).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({"*,abc,true", "a*c,abc,true", "a*c,ac,true", "a*c,abd,false", "*b*,abc,true", "abc,abc,true", "abc,abcd,false",
        "*bc,abcbc,true", "a.c,abc,false", "**,'',true"})
    void wildcards(String pattern, String text, boolean matches) {
        assertThat(Wildcard.matches(pattern, text)).isEqualTo(matches);
    }
}
