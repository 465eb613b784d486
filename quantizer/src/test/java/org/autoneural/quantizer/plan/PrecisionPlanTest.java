package org.autoneural.quantizer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.autoneural.ir.DType;
import org.autoneural.ir.interpret.FastFloatInterpreter;
import org.autoneural.quantizer.CockpitTiny;
import org.autoneural.quantizer.Quantization;
import org.autoneural.quantizer.Targets;
import org.autoneural.quantizer.observe.CalibrationSample;
import org.autoneural.quantizer.plan.Candidate.Kind;
import org.autoneural.quantizer.recipe.Recipe;
import org.autoneural.quantizer.recipe.Recipe.WeightUse;
import org.autoneural.quantizer.recipe.RecipeJson;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jvm")
class PrecisionPlanTest {
    private static final OptionalDouble NO_DB = OptionalDouble.empty();
    private static final OptionalLong NO_BYTES = OptionalLong.empty();
    private static final OptionalDouble NO_MS = OptionalDouble.empty();

    /** Two of vision, of which one is dear and one fixed; three of language. */
    private static final List<Candidate> TENSORS = List.of(
            new Candidate(Kind.WEIGHT, "v.fixed", "linear", true, 8, 8, 0, 1e-6),
            new Candidate(Kind.ACTIVATION, "v.act", "add", true, 8, 16, 1000, 1e-4),
            new Candidate(Kind.WEIGHT, "l.cheap", "linear", false, 4, 8, 100, 2e-3),
            new Candidate(Kind.WEIGHT, "l.worst", "linear", false, 4, 8, 1000, 4e-3),
            new Candidate(Kind.WEIGHT, "l.good", "linear", false, 4, 8, 100, 1e-5));

    private static PrecisionPlan search(Budget budget) {
        return PrecisionPlan.search(TENSORS, budget, c -> c.bytes() / 1000.0);
    }

    @Test
    void anAccuracyIsMetWithTheTensorsThatGiveMostForTheirBytes() {
        PrecisionPlan plan = search(new Budget(OptionalDouble.of(30), NO_BYTES, NO_MS));
        assertThat(plan.met()).isTrue();
        assertThat(plan.choice().raised()).extracting(Candidate::name).containsExactly("l.cheap", "l.worst");
        assertThat(plan.choice().bytes()).isEqualTo(1100);
        assertThat(plan.choice().timeMs()).isCloseTo(1.1, within(1e-9));
        double left = (2e-3 + 4e-3) / 256 + 1e-5;
        assertThat(plan.choice().logitsDb()).isCloseTo(-10 * Math.log10(left), within(1e-9));
        assertThat(plan.choice().visionDb()).isCloseTo(-10 * Math.log10(1.01e-4), within(1e-9));
        assertThat(plan.curve()).as("goes on to the end").hasSizeGreaterThan(3);
    }

    @Test
    void bytesAndTimeAreNeverExceeded() {
        PrecisionPlan bytes = search(new Budget(NO_DB, OptionalLong.of(1050), NO_MS));
        assertThat(bytes.choice().raised()).extracting(Candidate::name).containsExactly("l.cheap", "l.good");
        assertThat(bytes.curve()).allSatisfy(p -> assertThat(p.bytes()).isLessThanOrEqualTo(1050));
        PrecisionPlan time = search(new Budget(NO_DB, NO_BYTES, OptionalDouble.of(1.15)));
        assertThat(time.choice().raised()).extracting(Candidate::name).containsExactly("l.cheap", "l.worst");
        PrecisionPlan nothing = search(new Budget(NO_DB, OptionalLong.of(0), NO_MS));
        assertThat(nothing.choice().raised()).isEmpty();
    }

    @Test
    void whatCannotBeReachedIsSaid() {
        PrecisionPlan plan = search(new Budget(OptionalDouble.of(70), NO_BYTES, NO_MS));
        assertThat(plan.met()).isFalse();
        assertThat(search(new Budget(OptionalDouble.of(30), OptionalLong.of(500), NO_MS)).met()).isFalse();
        assertThatThrownBy(() -> new Budget(NO_DB, NO_BYTES, NO_MS)).hasMessage("a plan needs a budget: accuracy, bytes or time");
        assertThatThrownBy(() -> new Budget(NO_DB, OptionalLong.of(-1), NO_MS)).hasMessageContaining("allowed: 0 or more");
    }

    @Test
    void thePlanIsARecipe() {
        Recipe recipe = search(new Budget(OptionalDouble.of(35), NO_BYTES, NO_MS)).recipe("plan", Recipe.w8a16w4a16());
        assertThat(recipe.weightStorage(new WeightUse("l.worst", "linear", false, 4))).isEqualTo(DType.S8);
        assertThat(recipe.weightStorage(new WeightUse("other", "linear", false, 4))).isEqualTo(DType.S4);
        assertThat(RecipeJson.parse("plan.json", RecipeJson.print(recipe, Recipe.w8a16w4a16()))).isEqualTo(recipe);
    }

    @Test
    void sensitivitiesOfTheBuiltInModelAddUpToItsError() {
        CockpitTiny model = new CockpitTiny("cockpit-tiny");
        List<CalibrationSample> samples = List.of(CalibrationSample.of(CockpitTiny.picture("calib_instr_0000")));
        List<CalibrationSample> calibration = model.samples(2, 0, 1);
        Quantization.Result quantized = new Quantization(Recipe.w8a16w4a16(), Targets.V68_WITH_16_BIT_GAINS, () -> calibration, FastFloatInterpreter::new,
                Quantization.Progress.silent()).run(model.floats);
        List<Candidate> all = new Sensitivity(model.floats, quantized, Targets.V68_WITH_16_BIT_GAINS, samples, FastFloatInterpreter::new)
                .measure(c -> c.vision(), Quantization.Progress.silent());
        assertThat(all).hasSizeGreaterThan(50).allSatisfy(c -> {
            assertThat(c.kind()).isEqualTo(Kind.WEIGHT);
            assertThat(c.raised()).as("there are no 16-bit weights").isEqualTo(8);
        });
        double together = all.stream().mapToDouble(Candidate::noise).sum();
        assertThat(-10 * Math.log10(together)).as("SQNR of all together").isBetween(38.0, 50.0);
    }
}
