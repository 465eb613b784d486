package org.autoneural.quantizer.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.autoneural.ir.DType;
import org.autoneural.quantizer.recipe.Recipe.WeightUse;
import org.autoneural.quantizer.recipe.Treatment.Rounding;
import org.autoneural.quantizer.recipe.Treatment.Scales;
import org.autoneural.quantizer.recipe.Treatment.Transform;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeJsonTest {
    @Test
    void everyFieldIsRead() {
        Recipe recipe = RecipeJson.parse("r.json", """
                {"$schema": "recipe.schema.json", "name": "mine", "base": "w8a16", "transforms": ["smooth-quant", "hadamard"], "keysAndValues": 16,
                 "headroom": 1.5, "rules": [
                   {"name": "*.out_proj.weight", "op": "linear", "part": "language", "maxInputs": 512, "weights": 4, "scales": "mse",
                    "rounding": "adaround", "biasCorrection": false},
                   {"activations": 8, "range": "percentile-99.9"}]}
                """);
        assertThat(recipe).isEqualTo(new Recipe("mine", List.of(Transform.HADAMARD, Transform.SMOOTH_QUANT), 16, 1.5, List.of(
                Rule.ANY.named("*.out_proj.weight").op("linear").part("language").maxInputs(512).weights(4).scales(Scales.MSE)
                        .rounding(Rounding.ADAROUND).biasCorrection(false),
                Rule.ANY.activations(8).range("percentile-99.9"), Recipe.w8a16().rules().get(0))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"min-max", "mean-range", "least-error", "entropy", "percentile-99.5"})
    void whatIsPrintedIsRead(String range) {
        Recipe base = Recipe.w8a8();
        Recipe recipe = base.with("mine", List.of(Rule.ANY.named("a").op("b").part("vision").weights(4).scales(Scales.SEQUENTIAL_MSE).rounding(Rounding.GPTQ)
                .biasCorrection(true), Rule.ANY.activations(16).range(range))).withTransforms(List.of(Transform.CROSS_LAYER_EQUALIZATION));
        assertThat(RecipeJson.parse("r.json", RecipeJson.print(recipe, base))).isEqualTo(recipe);
    }

    @Test
    void theExampleOfTheGuideIsARecipe() throws IOException {
        String guide = Files.readString(Path.of("..", "docs", "quantization.md"));
        String example = guide.split("```json\n", 2)[1].split("```", 2)[0];
        assertThat(RecipeJson.parse("quantization.md", example).name()).isEqualTo("careful");
    }

    /** The recipes that the guides' commands name; each is called as its file. */
    @Test
    void theGuidesRecipeFilesAreRecipes() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("..", "docs", "recipes"))) {
            List<Path> recipes = files.sorted().toList();
            assertThat(recipes).hasSizeGreaterThan(10).allSatisfy(file ->
                    assertThat(RecipeJson.parse(file.toString(), Files.readString(file)).name() + ".json").isEqualTo(file.getFileName().toString()));
        }
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
        "{\"name\":\"a\",\"bits\":8} | recipe r.json: the recipe has an unknown field \"bits\" (allowed: [$schema, base,",
        "{\"name\":\"a\",\"base\":\"w2\"} | recipe r.json: no recipe 'w2'; there are [w8a16-w4a16, w8a8, w4a16-max-accuracy, w8a16]",
        "{\"name\":\"a\",\"keysAndValues\":12} | recipe r.json: keysAndValues is 12 (allowed: 8 or 16)",
        "{\"name\":\"a\",\"keysAndValues\":\"16\"} | recipe r.json: \"keysAndValues\" must be a whole number, is \"16\"",
        "{\"name\":\"a\",\"headroom\":0.5} | recipe r.json: headroom is 0.5 (allowed: 1 to 16)",
        "{\"name\":\"a\",\"transforms\":[\"x\"]} | recipe r.json: a transform is 'x' (allowed: hadamard, cross-layer-equalization, smooth-quant)",
        "{\"name\":\"a\",\"rules\":{}} | recipe r.json: \"rules\" must be a list",
        "{\"name\":\"a\",\"rules\":[4]} | recipe r.json: a rule must be an object",
        "{\"name\":\"a\",\"rules\":[{\"weight\":4}]} | recipe r.json: a rule has an unknown field \"weight\" (allowed: [activations, biasCorrection,",
        "{\"name\":\"a\",\"rules\":[{\"weights\":4},{\"op\":\"linear\"}]} | recipe r.json: rule 2: sets nothing",
        "{\"name\":\"a\",\"rules\":[{\"weights\":5}]} | recipe r.json: rule 1: weights of a rule is 5 (allowed: 4 or 8)",
        "{\"name\":\"a\",\"rules\":[{\"activations\":12}]} | recipe r.json: rule 1: activations of a rule is 12 (allowed: 8 or 16)",
        "{\"name\":\"a\",\"rules\":[{\"part\":\"ears\",\"weights\":8}]} | recipe r.json: rule 1: part is 'ears' (allowed: vision, language)",
        "{\"name\":\"a\",\"rules\":[{\"range\":\"percentile-50\"}]} | recipe r.json: rule 1: range is 'percentile-50' (allowed: min-max, mean-range,",
        "{\"name\":\"a\",\"rules\":[{\"range\":\"percentile-x\"}]} | recipe r.json: rule 1: range is 'percentile-x' (allowed: min-max, mean-range,",
        "{\"name\":\"a\",\"rules\":[{\"scales\":\"best\"}]} | recipe r.json: rule 1: scales is 'best' (allowed: max, mse, sequential-mse)",
        "{\"name\":\"a\",\"rules\":[{\"rounding\":\"up\"}]} | recipe r.json: rule 1: rounding is 'up' (allowed: nearest, gptq, adaround)",
        "{\"name\":\"a\",\"rules\":[{\"biasCorrection\":1}]} | recipe r.json: \"biasCorrection\" must be true or false, is 1",
        "{\"name\":\"a\",\"rules\":[{\"weights\":8,\"maxInputs\":0}]} | recipe r.json: rule 1: maxInputs is 0 (allowed: at least 1)",
    })
    void mistakesAreNamed(String json, String message) {
        assertThatThrownBy(() -> RecipeJson.parse("r.json", json)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void theFirstRuleThatMatchesAndHasTheSettingCounts() {
        Recipe recipe = RecipeJson.parse("r.json", """
                {"name": "mine", "rules": [{"name": "a.*", "weights": 4, "range": "entropy"}, {"op": "gather", "name": "*.b", "weights": 8},
                                           {"rounding": "adaround"}, {"name": "a.*", "part": "vision", "activations": 8}]}
                """);
        assertThat(recipe.weightStorage(new WeightUse("a.b", "gather", true, 1))).isEqualTo(DType.S4);
        assertThat(recipe.weightStorage(new WeightUse("c.b", "gather", false, 1))).isEqualTo(DType.S8);
        assertThat(recipe.weightStorage(new WeightUse("c", "gather", false, 1))).as("from the base").isEqualTo(DType.S8);
        assertThat(recipe.weightStorage(new WeightUse("c", "linear", false, 1))).isEqualTo(DType.S4);
        assertThat(recipe.weightStorage(new WeightUse("c", "linear", true, 1))).isEqualTo(DType.S8);
        assertThat(recipe.rounding(new WeightUse("a.b", "linear", true, 1))).isEqualTo(Rounding.ADAROUND);
        assertThat(recipe.activation("a.x", "add", true)).isEqualTo(DType.S8);
        assertThat(recipe.activation("a.x", "add", false)).isEqualTo(DType.S16);
        assertThat(recipe.range("a.x", "add", true)).hasToString("entropy");
        assertThat(recipe.range("x", "add", true)).hasToString("min-max");
    }

    @Test
    void maxInputsLeavesWideLayersToLaterRules() {
        Recipe recipe = Recipe.w8a16w4a16();
        assertThat(recipe.rounding(new WeightUse("a", "linear", true, 1024))).isEqualTo(Rounding.GPTQ);
        assertThat(recipe.rounding(new WeightUse("a", "linear", true, 1025))).isEqualTo(Rounding.NEAREST);
        assertThat(recipe.biasCorrection(new WeightUse("a", "linear", true, 1025))).isFalse();
        assertThat(recipe.rounding(new WeightUse("a", "linear", false, 8))).isEqualTo(Rounding.NEAREST);
    }

    @ParameterizedTest
    @CsvSource({"*,abc,true", "a*c,abc,true", "a*c,ac,true", "a*c,abd,false", "*b*,abc,true", "abc,abc,true", "abc,abcd,false",
        "*bc,abcbc,true", "a.c,abc,false", "**,'',true"})
    void wildcards(String pattern, String text, boolean matches) {
        assertThat(Wildcard.matches(pattern, text)).isEqualTo(matches);
    }
}
