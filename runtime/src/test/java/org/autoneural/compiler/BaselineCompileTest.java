package org.autoneural.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.autoneural.CompiledCockpit;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.runtime.CompiledModel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The conventional baseline (ViT encoder, Transformer decoder with attention in every layer) through the same compiler. */
@Tag("one-jvm")
class BaselineCompileTest {
    private static final Set<String> KINDS = Set.of("turn", "fuel");
    private static final int QUESTIONS = 12;

    @TempDir
    Path folder;

    @Test
    void answersAsItsOwnFloatReference() {
        Path file = folder.resolve("baseline.npu");
        CompileOptions options = CompileOptions.of(CockpitTiny.baseline()).withCalibration(CompiledCockpit.few().calibration().orElseThrow());
        try (Compiler compiler = new Compiler(options, Progress.silent())) {
            compiler.compile(file);
        }
        List<QaSet.Line> lines = QaSet.read(CockpitTiny.evalSet()).split("test").lines().stream()
                .filter(line -> KINDS.contains(line.kind())).limit(QUESTIONS).toList();
        List<String> expected = new ArrayList<>();
        List<String> found = new ArrayList<>();
        int right = 0;
        try (FloatModel floats = FloatModel.open(CockpitTiny.baseline()); CompiledModel model = CompiledModel.load(file)) {
            CompiledAnswers answers = new CompiledAnswers(model);
            for (QaSet.Line line : lines) {
                expected.add(line.image().getFileName() + ": " + floats.answer(line.image(), line.question(), 48));
                found.add(line.image().getFileName() + ": " + answers.answer(line.image(), line.question(), 48));
                right += found.get(found.size() - 1).endsWith(": " + line.answer()) ? 1 : 0;
            }
        }
        System.out.printf("baseline in integers: %d of %d right%n", right, lines.size());
        assertThat(found).isEqualTo(expected);
    }
}
