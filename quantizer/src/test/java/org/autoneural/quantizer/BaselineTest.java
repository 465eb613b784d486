package org.autoneural.quantizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.quantizer.observe.CalibrationSample;
import org.autoneural.quantizer.recipe.Recipe;
import org.autoneural.quantizer.report.ErrorReport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The conventional baseline (ViT encoder, Qwen2-like decoder) goes the same way. */
@Tag("one-jvm")
class BaselineTest {
    @Test
    void vitAndTransformerBecomeIntegers() {
        CockpitTiny model = new CockpitTiny("cockpit-tiny-baseline");
        int image = model.facts.imageTokenId().orElseThrow();
        List<CalibrationSample> samples = model.samples(2, 0, 1);
        CockpitTiny.Quantized quantized = model.quantize(Recipe.w8a16(), samples);
        Tensor picture = CockpitTiny.picture(CockpitTiny.golden(0));
        ErrorReport report = new ErrorReport(model.floats.entryPoint("vision"), quantized.integers().entryPoint("vision"), "features"::equals);
        report.add(Map.of("image", picture));
        System.out.printf(Locale.ROOT, "baseline vision SQNR at w8a16: %.2f dB%n", report.error("features").sqnrDb());
        assertThat(report.error("features").sqnrDb()).isGreaterThan(40);

        IntegerInterpreter interpreter = new IntegerInterpreter();
        List<Integer> ids = CockpitTiny.ids(CockpitTiny.golden(0), "input_ids");
        assertThat(ids).as("a prompt with a picture").contains(image);
        IntegerConversation whole = new IntegerConversation(quantized.integers(), model.facts, interpreter).see(picture);
        IntegerConversation parts = new IntegerConversation(quantized.integers(), model.facts, interpreter).see(picture);
        Tensor logits = whole.prompt(ids, 16);
        parts.prompt(ids.subList(0, ids.size() - 2), 3);
        parts.decode(ids.get(ids.size() - 2));
        assertThat(parts.decode(ids.get(ids.size() - 1))).isEqualTo(logits);
        assertThat(parts.states()).isEqualTo(whole.states());
    }
}
