package org.autoneural.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.autoneural.CompiledCockpit;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.checkpoint.Checkpoint;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.ir.Program;
import org.autoneural.quantizer.observe.CalibrationSample;
import org.autoneural.runtime.CompiledModel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The answers of the built-in model to all questions of split {@code test}: float reference and both integer recipes. */
@Tag("one-jvm")
class AccuracyTest {
    private static final int QUESTIONS = 293;
    private static final QaSet TEST = QaSet.read(CockpitTiny.evalSet()).split("test");

    /** Accuracy of the answers that the float reference is known to give, 0 to 1. */
    private static double floatAccuracy() {
        List<String> answers = TEST.lines().stream().map(line -> line.floatAnswer().orElseThrow()).toList();
        return Evaluation.of(TEST, answers).total().accuracy();
    }

    private static Evaluation evaluate(String name, Answerer answerer) {
        long start = System.nanoTime();
        Evaluation found = Evaluation.run(TEST, answerer, Evaluation.DEFAULT_MAX_TOKENS, 2, Progress.silent());
        System.out.printf(Locale.ROOT, "%s: %d of %d right (%.2f %%), %d of %d as the float reference, %d s%n", name,
                found.total().correct(), found.total().count(), 100 * found.total().accuracy(),
                found.floatAgreement().orElseThrow().correct(), found.floatAgreement().orElseThrow().count(),
                (System.nanoTime() - start) / 1_000_000_000);
        return found;
    }

    private static Evaluation evaluate(String name, Path file) {
        // Two questions at a time, one thread each.
        try (CompiledModel model = CompiledModel.load(file, new ExecutionOptions(1, "auto"))) {
            return evaluate(name, new CompiledAnswers(model));
        }
    }

    @Test
    void theFloatReferenceGivesEveryKnownAnswerExactly() {
        try (FloatModel model = FloatModel.open(CockpitTiny.checkpoint())) {
            Evaluation found = evaluate("float reference", model::answer);
            assertThat(found.floatAgreement()).contains(new Evaluation.Tally(QUESTIONS, QUESTIONS));
            assertThat(found.total().accuracy()).isEqualTo(floatAccuracy());
        }
    }

    @Test
    void eightBitVisionAndFourBitLanguageStayWithinOnePoint() {
        Evaluation found = evaluate("w8a16-w4a16", CompiledCockpit.byDefault());
        assertThat(found.total().count()).isEqualTo(QUESTIONS);
        assertThat(found.total().accuracy()).isGreaterThanOrEqualTo(floatAccuracy() - 0.01);
    }

    @Test
    void eightBitWeightsThroughoutStayWithinHalfAPoint() {
        Evaluation found = evaluate("w8a16", CompiledCockpit.w8a16());
        assertThat(found.total().count()).isEqualTo(QUESTIONS);
        assertThat(found.total().accuracy()).isGreaterThanOrEqualTo(floatAccuracy() - 0.005);
    }

    @Test
    void calibrationSeesSplitCalibOnly() {
        QaSet all = QaSet.read(CockpitTiny.evalSet());
        try (Checkpoint checkpoint = Checkpoint.open(CockpitTiny.checkpoint());
                Compiler compiler = new Compiler(CompileOptions.of(CockpitTiny.checkpoint()), Progress.silent());
                ModelText text = ModelText.read(CockpitTiny.checkpoint(), 128, 128)) {
            Program program = compiler.floatProgram();
            List<CalibrationSample> samples = CalibrationData.read(checkpoint, program, Optional.empty());
            Set<String> used = samples.stream().map(s -> Arrays.toString(s.pictures().get(0).toInts())).collect(Collectors.toSet());
            assertThat(samples).hasSize(all.split("calib").lines().size());
            assertThat(used).isEqualTo(contents(text, all.split("calib").pictures()));
            Set<String> shared = new HashSet<>(used);
            shared.retainAll(contents(text, all.split("test").pictures()));
            assertThat(shared).isEmpty();
        }
    }

    private static Set<String> contents(ModelText text, List<Path> pictures) {
        return pictures.stream().map(picture -> {
            byte[] rgb = text.preprocessing().read(picture);
            int[] pixels = new int[rgb.length];
            Arrays.setAll(pixels, i -> rgb[i] & 0xFF);
            return Arrays.toString(pixels);
        }).collect(Collectors.toSet());
    }
}
