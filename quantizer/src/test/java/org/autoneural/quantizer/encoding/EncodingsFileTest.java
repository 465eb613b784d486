package org.autoneural.quantizer.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.autoneural.ir.DType;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.QuantParams.Origin;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Softmax;
import org.autoneural.quantizer.Quantizer;
import org.autoneural.quantizer.Targets;
import org.autoneural.quantizer.lower.Lowering;
import org.autoneural.quantizer.observe.Range;
import org.autoneural.quantizer.recipe.Recipe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class EncodingsFileTest {
    /** Encodings of {@link #program()} in version 1.0.0: what the broken files below are made from. */
    private static final String GOOD = """
            {
              "version": "1.0.0",
              "activation_encodings": [
                {"name": "x", "enc_type": "PER_TENSOR", "dtype": "INT", "bw": 16, "is_sym": true, "scale": [0.25], "offset": [-32768]},
                {"name": "y", "enc_type": "PER_TENSOR", "dtype": "INT", "bw": 8, "is_sym": false, "scale": [0.5], "offset": [-100]},
                {"name": "z", "enc_type": "PER_TENSOR", "dtype": "INT", "bw": 16, "is_sym": true, "scale": [0.125], "offset": [-32768]},
                {"name": "n", "enc_type": "PER_TENSOR", "dtype": "INT", "bw": 16, "is_sym": true, "scale": [0.375], "offset": [-32768]}
              ],
              "param_encodings": [
                {"name": "w", "enc_type": "PER_CHANNEL", "dtype": "INT", "bw": 4, "is_sym": true, "scale": [0.5, 0.25], "offset": [-8, -8]},
                {"name": "gain", "enc_type": "PER_TENSOR", "dtype": "INT", "bw": 16, "is_sym": true, "scale": [0.001], "offset": [-32768]}
              ]
            }
            """;

    @TempDir
    Path folder;

    /** Linear with weight, bias; movement; norm with a gain; softmax. */
    private static Program program() {
        GraphBuilder g = new GraphBuilder("main", Stage.FLOAT);
        g.input("x", TensorType.f32(1, 3));
        g.constant("w", Tensor.ofFloats(Shape.of(2, 3), 1, -2, 3, 0.5f, 0.25f, -1));
        g.constant("b", Tensor.ofFloats(Shape.of(2), 1, -1));
        g.constant("gain", Tensor.ofFloats(Shape.of(2), 1, 2));
        g.add(Linear.of(), "y", "layer", "x", "w", "b");
        g.add(Reshape.to(1, 1, 2), "moved", "layer", "y");
        g.add(Reshape.to(1, 2), "back", "layer", "moved");
        g.add(Add.of(), "z", "layer", "back", "back");
        g.add(RmsNorm.of(1e-6, 1), "n", "norm", "z", "gain");
        g.add(Reshape.to(1, 1, 2), "n3", "norm", "n");
        g.add(Softmax.of(false), "p", "soft", "n3");
        g.output("p");
        return new Program(List.of(g.build()));
    }

    private static EncodingPlan plan() {
        return EncodingPlan.of(program(), Recipe.w8a16w4a16(), Targets.V68_WITH_16_BIT_GAINS);
    }

    private EncodingsFile read(String text) throws IOException {
        return EncodingsFile.read(Files.writeString(folder.resolve("in.encodings"), text));
    }

    private EncodingLedger use(String text) throws IOException {
        EncodingPlan plan = plan();
        plan.use(read(text), false);
        assertThat(plan.observers()).as("nothing is left to measure").isEmpty();
        return EncodingLedger.of(plan, Map.of());
    }

    @Test
    void encodingsReachTheirTensorsAndWhatFollowsFromThem() throws IOException {
        EncodingLedger ledger = use(GOOD);
        assertThat(ledger.get("x")).contains(QuantParams.perTensor(DType.S16, 0.25, 0, Origin.IMPORT));
        // real = 0.5 * (u - 100) and u = q + 128
        QuantParams y = QuantParams.perTensor(DType.S8, 0.5, -28, Origin.IMPORT);
        assertThat(ledger.get("y")).contains(y);
        assertThat(ledger.get("moved")).contains(y.withOrigin(Origin.PROPAGATED));
        assertThat(ledger.get("w")).contains(QuantParams.perChannel(DType.S4, 0, new double[] {0.5, 0.25}, Origin.IMPORT));
        assertThat(ledger.get("gain")).contains(QuantParams.perTensor(DType.S16, 0.001, 0, Origin.IMPORT));
        assertThat(ledger.get("b")).contains(QuantParams.perChannel(DType.S32, 0, new double[] {0.125, 0.0625}, Origin.PROPAGATED));
        assertThat(ledger.get("p").orElseThrow().origin()).isEqualTo(Origin.RULE);
    }

    @Test
    void aTensorStandsForThoseTiedToIt() throws IOException {
        assertThat(use(GOOD.replace("\"y\"", "\"back\"")).get("y")).contains(QuantParams.perTensor(DType.S8, 0.5, -28, Origin.IMPORT));
    }

    @Test
    void oneScaleOfAWeightIsThatOfEveryChannel() throws IOException {
        String one = GOOD.replace("PER_CHANNEL", "PER_TENSOR").replace("[0.5, 0.25], \"offset\": [-8, -8]", "[0.5], \"offset\": [-8]");
        assertThat(use(one).get("w").orElseThrow().scales()).containsExactly(0.5, 0.5);
    }

    @Test
    void theLowestIntegerMayBeLeftOut() throws IOException {
        assertThat(use(GOOD.replace("[-8, -8]", "[-7, -7]")).get("w").orElseThrow().zeroPoint()).isZero();
    }

    @ParameterizedTest
    @EnumSource(AimetVersion.class)
    void whatIsWrittenReadsBackExactly(AimetVersion version) throws IOException {
        EncodingPlan plan = plan();
        Map<String, Range> ranges = new TreeMap<>();
        plan.observers().keySet().forEach(v -> ranges.put(v, new Range(-1.0 / 3, 0.7)));
        Program quantized = Quantizer.quantize(program(), EncodingLedger.of(plan, ranges));
        String text = AimetWriter.write(quantized, version);
        EncodingsFile file = read(text);
        assertThat(file.ours()).isTrue();
        EncodingPlan again = plan();
        again.use(file, false);
        Program imported = Quantizer.quantize(program(), EncodingLedger.of(again, Map.of()));
        imported.entryPoint("main").types().forEach((value, type) -> assertThat(type.quant().orElseThrow()
                .sameEncoding(quantized.entryPoint("main").type(value).quant().orElseThrow())).as(value).isTrue());
        assertThat(AimetWriter.write(imported, version)).isEqualTo(text);
        assertThat(AimetWriter.write(Lowering.lower(quantized), version)).as("of the integer program").isEqualTo(text);
    }

    @Test
    void theThreeVersionsSayTheSame() throws IOException {
        EncodingPlan plan = plan();
        plan.use(read(GOOD), false);
        Program program = Quantizer.quantize(program(), EncodingLedger.of(plan, Map.of()));
        Map<String, TensorEncoding> legacy = read(AimetWriter.write(program, AimetVersion.V0_6_1)).encodings();
        assertThat(legacy).isEqualTo(read(AimetWriter.write(program, AimetVersion.V1_0_0)).encodings())
                .isEqualTo(read(AimetWriter.write(program, AimetVersion.V2_0_0)).encodings()).containsKeys("x", "y", "w", "gain", "p");
        assertThat(AimetWriter.write(program, AimetVersion.V0_6_1)).contains("""
                "y" : [ {
                      "bitwidth" : 8,
                      "dtype" : "int",
                      "is_symmetric" : "False",
                      "min" : -50.0,
                      "max" : 77.5,
                      "offset" : -100,
                      "scale" : 0.5
                    } ]""");
    }

    @Test
    void unsignedTypesOfVersion2HaveTheirMiddleAtZero() throws IOException {
        Map<String, TensorEncoding> found = read("""
                {"version": "2.0.0", "encodings": [
                  {"name": "a", "output_dtype": "uint8", "y_scale": 0.01, "y_zero_point": 41},
                  {"name": "b", "output_dtype": "uint16", "y_scale": 0.5, "y_zero_point": 32768},
                  {"name": "c", "output_dtype": "int8", "y_scale": [0.5, 1], "axis": 0, "y_zero_point": [0, 0]}]}
                """).encodings();
        assertThat(found.get("a")).isEqualTo(new TensorEncoding(8, List.of(0.01), List.of(-87L)));
        assertThat(found.get("b")).isEqualTo(new TensorEncoding(16, List.of(0.5), List.of(0L)));
        assertThat(found.get("c")).isEqualTo(new TensorEncoding(8, List.of(0.5, 1.0), List.of(0L, 0L)));
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of("\"1.0.0\"", "\"0.5.0\"", "QT020", "found version \"0.5.0\"; allowed: version \"0.6.1\", \"1.0.0\" or \"2.0.0\""),
                Arguments.of("\"version\": \"1.0.0\",", "", "QT020", "found version"),
                Arguments.of("\"param_encodings\"", "\"params\"", "QT020", "found field \"params\"; allowed: [activation_encodings, param"),
                Arguments.of("[0.25]", "[-0.25]", "QT021", "tensor 'x': found scale -0.25; allowed: a finite number above 0"),
                Arguments.of("[0.25]", "[NaN]", "QT021", "tensor 'x': found scale NaN"),
                Arguments.of("[0.25]", "[Infinity]", "QT021", "tensor 'x': found scale Infinity"),
                Arguments.of("[0.25]", "[0]", "QT021", "tensor 'x': found scale 0.0"),
                Arguments.of("[0.25]", "[]", "QT021", "tensor 'x': found scale a list; allowed: a list of scales"),
                Arguments.of("[0.25]", "[\"a\"]", "QT021", "tensor 'x': found scale \"a\"; allowed: a number above 0"),
                Arguments.of("[0.25]", "[0.25, 0.5]", "QT021", "tensor 'x': found 2 scales; allowed: one, as enc_type is PER_TENSOR"),
                Arguments.of("[-100]", "[100]", "QT021", "tensor 'y': found offset 100; allowed: -(2^8 - 1) to 0"),
                Arguments.of("[-100]", "[-100.5]", "QT021", "tensor 'y': found offset -100.5; allowed: a whole number"),
                Arguments.of("\"bw\": 8", "\"bw\": 99", "QT021", "tensor 'y': found bw 99; allowed: a whole number from 2 to 32"),
                Arguments.of("\"dtype\": \"INT\", \"bw\": 8", "\"dtype\": \"FLOAT\", \"bw\": 8", "QT021", "tensor 'y': found dtype FLOAT"),
                Arguments.of("\"bw\": 8", "\"block_size\": 32, \"bw\": 8", "QT021", "tensor 'y': found field \"block_size\": an encoding in blocks"),
                Arguments.of("\"bw\": 8", "\"spin\": 1, \"bw\": 8", "QT021", "tensor 'y': found field \"spin\""),
                Arguments.of("PER_CHANNEL", "LPBQ", "QT021", "tensor 'w': found enc_type LPBQ; allowed: PER_TENSOR or PER_CHANNEL"),
                Arguments.of("\"name\": \"z\"", "\"name\": \"y\"", "QT021", "tensor 'y': found a second encoding"),
                Arguments.of("\"name\": \"z\"", "\"name\": \"zz\"", "QT022", "tensor 'zz': found no such real tensor in the model"),
                Arguments.of("\"name\": \"z\"", "\"name\": \"back\"", "QT025", "tensor 'back': found 16 bits, scale 0.125; allowed: 8 bits, scale 0.5, "
                        + "zero point -28 as 'y', which it is tied to"),
                Arguments.of("{\"name\": \"y\"", "{\"name\": \"p\"", "QT024", "tensor 'p': found 8 bits, scale 0.5, zero point -28; allowed: 16 bits, "
                        + "scale 3.0517578125E-5: the op prescribes it"),
                Arguments.of("{\"name\": \"y\"", "{\"name\": \"b\"", "QT024", "tensor 'b': found 8 bits, scale 0.5, zero point -28; allowed: none: it follows"),
                Arguments.of("\"scale\": [0.5, 0.25], \"offset\": [-8, -8]", "\"scale\": [1, 1, 1], \"offset\": [-8, -8, -8]", "QT024",
                        "tensor 'w': found 3 channels; allowed: 2 as its shape [2,3] has on axis 0, or 1"),
                Arguments.of("\"bw\": 4, \"is_sym\": true", "\"bw\": 4, \"is_sym\": false", "", ""),
                Arguments.of("true, \"scale\": [0.5, 0.25], \"offset\": [-8, -8]", "false, \"scale\": [0.5, 0.25], \"offset\": [-8, -5]", "QT024",
                        "tensor 'w': found zero point -3; allowed: 0: weights are symmetric"),
                Arguments.of("\"bw\": 4, \"is_sym\": true, \"scale\": [0.5, 0.25], \"offset\": [-8, -8]",
                        "\"bw\": 16, \"is_sym\": true, \"scale\": [0.5, 0.25], \"offset\": [-32768, -32768]", "QT024",
                        "tensor 'w': found 16 bits; allowed: [4, 8] bits here, for this target"),
                Arguments.of("\"bw\": 8, \"is_sym\": false, \"scale\": [0.5], \"offset\": [-100]",
                        "\"bw\": 16, \"is_sym\": false, \"scale\": [0.5], \"offset\": [-32000]", "QT024",
                        "tensor 'y': found zero point -768 of 16 bits; allowed: 0: 16-bit activations are symmetric"),
                Arguments.of("\"bw\": 8, \"is_sym\": false, \"scale\": [0.5], \"offset\": [-100]",
                        "\"bw\": 4, \"is_sym\": false, \"scale\": [0.5], \"offset\": [-8]", "QT024", "tensor 'y': found 4 bits; allowed: [8, 16] bits"),
                Arguments.of("{\"name\": \"y\", \"enc_type\": \"PER_TENSOR\"", "{\"name\": \"y\", \"enc_type\": \"PER_CHANNEL\"", "", ""),
                Arguments.of("{\"name\": \"z\", \"enc_type\": \"PER_TENSOR\", \"dtype\": \"INT\", \"bw\": 16, \"is_sym\": true, \"scale\": [0.125], "
                        + "\"offset\": [-32768]},", "", "QT023", "tensor 'z': found no encoding; allowed: one for every tensor"),
                Arguments.of("]\n}", "]", "QT020", "allowed: JSON"));
    }

    /** An empty code: the change is harmless. */
    @ParameterizedTest
    @MethodSource("broken")
    void handBrokenFilesAreNamedWithTensorFoundAndAllowed(String good, String bad, String code, String message) throws IOException {
        assertThat(GOOD).contains(good);
        String text = GOOD.replace(good, bad);
        if (code.isEmpty()) {
            assertThat(use(text).get("y")).isPresent();
        } else {
            assertThatThrownBy(() -> use(text)).isInstanceOf(EncodingsException.class).hasMessageContaining(code + " at encodings ")
                    .hasMessageContaining("in.encodings").hasMessageContaining(message);
        }
    }

    @Test
    void namesOfOtherToolsAreMappedAndNothingIsDroppedSilently() throws IOException {
        EncodingsFile foreign = read(GOOD.replace("\"x\"", "\"/in\"").replace("\"z\"", "\"/sum\""));
        Path map = folder.resolve("map.json");
        Files.writeString(map, "{\"/in\": \"x\", \"/sum\": null}");
        EncodingPlan plan = plan();
        plan.use(foreign.renamed(map), true);
        assertThat(plan.observers().keySet()).containsExactly("z");
        Files.writeString(map, "{\"/in\": \"x\", \"/none\": \"z\"}");
        assertThatThrownBy(() -> foreign.renamed(map)).hasMessageContaining("found name '/none'; allowed: names that ");
        Files.writeString(map, "{\"/in\": \"y\"}");
        assertThatThrownBy(() -> foreign.renamed(map)).hasMessageContaining("a second name for 'y'");
        Files.writeString(map, "{\"/in\": 3}");
        assertThatThrownBy(() -> foreign.renamed(map)).hasMessageContaining("found '/in' stands for 3; allowed: a name or null");
        Files.writeString(map, "[]");
        assertThatThrownBy(() -> foreign.renamed(map)).hasMessageContaining("QT020");
    }

    @Test
    void importedWeightsTooFineForTheirBiasAreRefused() throws IOException {
        assertThatThrownBy(() -> use(GOOD.replace("[0.5, 0.25]", "[1e-15, 1e-15]"))).hasMessageContaining("QT024")
                .hasMessageContaining("constant %w");
    }
}
