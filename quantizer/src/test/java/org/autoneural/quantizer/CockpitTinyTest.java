package org.autoneural.quantizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.autoneural.checkpoint.Safetensors;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.ir.text.IrPrinter;
import org.autoneural.quantizer.encoding.EncodingLedger;
import org.autoneural.quantizer.encoding.EncodingPlan;
import org.autoneural.quantizer.observe.Calibration;
import org.autoneural.quantizer.observe.CalibrationSample;
import org.autoneural.quantizer.observe.Range;
import org.autoneural.quantizer.recipe.Recipe;
import org.autoneural.quantizer.report.ErrorReport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The built-in model, quantized and run in integers from the picture's bytes to the answer. */
@Tag("one-jvm")
class CockpitTinyTest {
    private static final int SAMPLES = 6;
    private static CockpitTiny model;
    private static CockpitTiny.Quantized w8a16;
    private static final IntegerInterpreter INTEGERS = new IntegerInterpreter();

    @BeforeAll
    static void quantize() {
        model = new CockpitTiny("cockpit-tiny");
        w8a16 = model.quantize(Recipe.w8a16(), model.samples(SAMPLES, 0, 1));
    }

    @Test
    void visionAtW8a16IsWithin40Decibels() {
        ErrorReport report = new ErrorReport(model.floats.entryPoint("vision"), w8a16.integers().entryPoint("vision"), v -> true);
        for (int i = 0; i < 2; i++) {
            report.add(Map.of("image", CockpitTiny.picture(CockpitTiny.golden(i))));
        }
        // Two pictures alone swing by 0.1 dB with the last bit of a calibrated range.
        for (int i = 0; i < 4; i++) {
            report.add(Map.of("image", CockpitTiny.picture("test_instr_%04d".formatted(1000 + i))));
        }
        System.out.printf(Locale.ROOT, "vision SQNR at w8a16: %.2f dB, worst tensors:%n%s", report.error("features").sqnrDb(),
                ErrorReport.render(report.errors()).lines().limit(6).collect(java.util.stream.Collectors.joining("\n", "", "\n")));
        assertThat(report.error("features").sqnrDb()).isGreaterThan(40);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void greedyAnswerAtW8a16IsTheReferences(int picture) {
        assertThat(answer(w8a16, picture)).isEqualTo(CockpitTiny.ids(CockpitTiny.golden(picture), "generated_ids"));
    }

    @Test
    void defaultRecipeGivesTheReferencesAnswers() {
        CockpitTiny.Quantized quantized = model.quantize(Recipe.w8a16w4a16(), model.samples(2, 0, 1));
        for (int picture = 0; picture < 2; picture++) {
            assertThat(answer(quantized, picture)).as("picture %d", picture)
                    .isEqualTo(CockpitTiny.ids(CockpitTiny.golden(picture), "generated_ids"));
        }
    }

    @Test
    void eightBitActivationsKeepTheEncoderWithin25Decibels() {
        CockpitTiny.Quantized quantized = model.quantize(Recipe.w8a8(), model.samples(2, 0, 1));
        ErrorReport report = new ErrorReport(model.floats.entryPoint("vision"), quantized.integers().entryPoint("vision"), "features"::equals);
        report.add(Map.of("image", CockpitTiny.picture(CockpitTiny.golden(0))));
        System.out.printf(Locale.ROOT, "vision SQNR at w8a8: %.2f dB%n", report.error("features").sqnrDb());
        assertThat(report.error("features").sqnrDb()).isGreaterThan(25);
        assertThat(answer(quantized, 1)).isEqualTo(CockpitTiny.ids(CockpitTiny.golden(1), "generated_ids"));
    }

    private static List<Integer> answer(CockpitTiny.Quantized quantized, int picture) {
        Safetensors golden = CockpitTiny.golden(picture);
        IntegerConversation talk = new IntegerConversation(quantized.integers(), model.facts, new IntegerInterpreter())
                .see(CockpitTiny.picture(golden));
        return talk.greedy(talk.prompt(CockpitTiny.ids(golden, "input_ids"), 16), 40);
    }

    @Test
    void prefillInAnyChunksEqualsDecodeTokenByToken() {
        Safetensors golden = CockpitTiny.golden(0);
        List<Integer> ids = CockpitTiny.ids(golden, "input_ids");
        int textFrom = ids.lastIndexOf(model.facts.imageTokenId().orElseThrow()) + 1;
        IntegerConversation chunks = new IntegerConversation(w8a16.integers(), model.facts, INTEGERS).see(CockpitTiny.picture(golden));
        Tensor expected = chunks.prompt(ids, 16);
        IntegerConversation odd = new IntegerConversation(w8a16.integers(), model.facts, INTEGERS).see(CockpitTiny.picture(golden));
        assertThat(odd.prompt(ids, 5)).isEqualTo(expected);
        assertThat(odd.states()).isEqualTo(chunks.states());
        IntegerConversation steps = new IntegerConversation(w8a16.integers(), model.facts, INTEGERS).see(CockpitTiny.picture(golden));
        steps.prompt(ids.subList(0, textFrom), 16);
        Tensor logits = null;
        for (int id : ids.subList(textFrom, ids.size())) {
            logits = steps.decode(id);
        }
        assertThat(logits).isEqualTo(expected);
        assertThat(steps.states()).isEqualTo(chunks.states());
    }

    @Test
    void valuesOfOneNameHaveOneEncodingAndConstantsOneTensor() {
        Graph prefill = w8a16.integers().entryPoint("prefill");
        Graph decode = w8a16.integers().entryPoint("decode");
        int shared = 0;
        for (String v : decode.types().keySet()) {
            if (prefill.types().containsKey(v)) {
                assertThat(decode.type(v).quant()).as(v).isEqualTo(prefill.type(v).quant());
                shared++;
            }
        }
        assertThat(shared).isGreaterThan(200);
        decode.constants().forEach((name, data) -> prefill.constant(name).ifPresent(other -> assertThat(data).as(name).isSameAs(other)));
        assertThat(decode.constants().keySet()).as("all but the one").filteredOn(c -> !prefill.constants().containsKey(c)).containsExactly("one");
        assertThat(w8a16.integers().entryPoint("vision").type("features").quant()).isEqualTo(prefill.type("features").quant());
    }

    @Test
    void sameInputGivesTheSameBytes() throws Exception {
        String first = hash(new CockpitTiny("cockpit-tiny").quantize(Recipe.w8a16w4a16(), model.samples(1, 0)).integers());
        assertThat(hash(new CockpitTiny("cockpit-tiny").quantize(Recipe.w8a16w4a16(), model.samples(1, 0)).integers())).isEqualTo(first);
    }

    @Test
    void paddingRowsAreNotObserved() {
        // the last visual token is row 19: chunks of 16 end with 12 rows of padding, those of 9 with 7, those of 20 with none;
        // shorter chunks are summed in another order
        List<CalibrationSample> sample = model.samples(1, 0);
        assertThat(sample.get(0).imageRows().lastIndexOf(true)).isEqualTo(19);
        Map<String, Range> unpadded = ranges(new CockpitTiny("cockpit-tiny", 20), sample);
        // only the last row of a chunk gets to final_norm and logits
        for (Map<String, Range> r : List.of(ranges(model, sample), ranges(new CockpitTiny("cockpit-tiny", 9), sample))) {
            assertThat(r.keySet()).isEqualTo(unpadded.keySet());
            r.forEach((value, range) -> {
                if (!value.equals("final_norm") && !value.equals("logits")) {
                    assertThat(range).as(value).isEqualTo(unpadded.get(value));
                }
            });
        }
    }

    private static Map<String, Range> ranges(CockpitTiny program, List<CalibrationSample> samples) {
        EncodingPlan plan = EncodingPlan.of(program.floats, Recipe.w8a16(), CockpitTiny.TARGET);
        return new Calibration(program.floats, plan.observers()).run(samples, (done, total) -> { });
    }

    @Test
    void samplesThatDoNotFitAreNamed() {
        CalibrationSample good = model.samples(1, 0).get(0);
        CalibrationSample noPicture = new CalibrationSample(List.of(), good.ids(), good.imageRows());
        assertThatThrownBy(() -> ranges(model, List.of(CalibrationSample.of(List.of(1, 2)), noPicture))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("calibration sample 1: the sample has 16 image rows, its pictures give 0 visual tokens (allowed: as many)");
        assertThatThrownBy(() -> new CalibrationSample(List.of(), List.of(1), List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private static String hash(Program program) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (Graph g : program.entryPoints()) {
            digest.update(IrPrinter.print(g).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            g.constants().forEach((name, data) -> {
                for (long v : data.toLongs()) {
                    digest.update(ByteBuffer.allocate(8).putLong(0, v));
                }
            });
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Test
    void everyMissingEncodingIsNamedWithNodeAndSource() {
        Map<String, org.autoneural.ir.QuantParams> some = new TreeMap<>(w8a16.ledger().encodings());
        some.remove("layers.0.conv.bx");
        some.remove("model.layers.0.conv.in_proj.weight");
        assertThatThrownBy(() -> Quantizer.quantize(model.floats, new EncodingLedger(some))).isInstanceOf(QuantizationException.class)
                .hasMessageContaining("QT001 at graph prefill, node %layers.0.conv.bx (mul) from model.layers.0.conv, value %layers.0.conv.bx")
                .hasMessageContaining("QT001 at graph decode, constant %model.layers.0.conv.in_proj.weight read by graph decode, node %");
    }

    @Test
    void calibrationThatDoesNotReachTheDecoderIsAnError() {
        EncodingPlan plan = EncodingPlan.of(model.floats, Recipe.w8a16(), CockpitTiny.TARGET);
        List<CalibrationSample> pictures = List.of(CalibrationSample.of(CockpitTiny.picture("calib_instr_0000")));
        Map<String, Range> ranges = new Calibration(model.floats, plan.observers()).run(pictures, (d, t) -> { });
        assertThatThrownBy(() -> EncodingLedger.of(plan, ranges)).isInstanceOf(QuantizationException.class)
                .hasMessageContaining("QT001").hasMessageContaining("from model.layers.5").hasMessageContaining("calibrate with samples that reach it");
    }
}
