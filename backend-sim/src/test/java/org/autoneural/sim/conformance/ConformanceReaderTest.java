package org.autoneural.sim.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.flatbuffers.FlatBufferBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The readers of the suites on small cases of our own: what is run, what is out of scope, and what must fail. */
class ConformanceReaderTest {
    @TempDir
    Path folder;
    private Path cmsis;
    private Path tflite;

    @BeforeEach
    void folders() throws IOException {
        cmsis = Files.createDirectories(folder.resolve(CmsisCases.SUITE));
        tflite = Files.createDirectories(folder.resolve(TfliteCases.SUITE));
    }

    private Map<String, ConformanceCase> cases() {
        return ConformanceSuites.in(folder).stream().collect(Collectors.toMap(ConformanceCase::title, Function.identity()));
    }

    /** A case whose test_data.h includes one file with {@code text}, in which PRE_ and pre_ stand for the case's name. */
    private void cmsisCase(String name, String text) throws IOException {
        Path at = Files.createDirectories(cmsis.resolve(name));
        Files.writeString(at.resolve("test_data.h"), "// comment\n#include \"data.h\"\n");
        Files.writeString(at.resolve("data.h"), text.replaceAll("\\bPRE_", name.toUpperCase(java.util.Locale.ROOT) + "_").replaceAll("\\bpre_", name + "_"));
    }

    private static List<Long> run(ConformanceCase c) {
        ConformanceCase.Vector v = c.vector().get();
        int[] got = new IntegerInterpreter().run(v.graph(), v.inputs()).values().iterator().next().toInts();
        return java.util.Arrays.stream(got).asLongStream().boxed().toList();
    }

    private static void agrees(ConformanceCase c) {
        assertThat(run(c)).as(c.title()).isEqualTo(java.util.Arrays.stream(c.vector().get().expected()).boxed().toList());
    }

    @Test
    void elementWiseCases() throws IOException {
        cmsisCase("mul", "#define PRE_INPUT1_OFFSET 1\n#define PRE_INPUT2_OFFSET 0\n#define PRE_OUTPUT_OFFSET 0\n#define PRE_OUTPUT_MULT 1073741824\n"
                + "#define PRE_OUTPUT_SHIFT 1\nconst int8_t pre_input1[3] = {1, -2,\n 100};\nconst int8_t pre_input2[3] = {4, 5, 100};\n"
                + "const int8_t pre_output_ref[3] = {8, -5, 127};\n");
        cmsisCase("add_s16", "#define PRE_LEFT_SHIFT 15\n#define PRE_INPUT1_OFFSET 0\n#define PRE_INPUT2_OFFSET 0\n#define PRE_OUTPUT_OFFSET 0\n"
                + "#define PRE_INPUT1_MULT 1073741824\n#define PRE_INPUT1_SHIFT 0\n#define PRE_INPUT2_MULT 1073741824\n#define PRE_INPUT2_SHIFT 0\n"
                + "#define PRE_OUTPUT_MULT 1073741824\n#define PRE_OUTPUT_SHIFT -13\n"
                + "const int16_t pre_input1[3] = {1, -2, 30000};\nconst int16_t pre_input2[3] = {4, 5, 30000};\n"
                + "const int16_t pre_output_ref[3] = {5, 3, 32767};\n");
        agrees(cases().get("cmsis-nn/mul/mul"));
        agrees(cases().get("cmsis-nn/add/add_s16"));
    }

    @Test
    void padAndSoftmaxOf16Bits() throws IOException {
        cmsisCase("pad_int8", "#define PRE_INPUT_N 1\n#define PRE_INPUT_H 1\n#define PRE_INPUT_W 2\n#define PRE_INPUT_C 1\n"
                + "#define PRE_PRE_PAD_N 0\n#define PRE_PRE_PAD_H 0\n#define PRE_PRE_PAD_W 1\n#define PRE_PRE_PAD_C 0\n#define PRE_POST_PAD_N 0\n"
                + "#define PRE_POST_PAD_H 0\n#define PRE_POST_PAD_W 0\n#define PRE_POST_PAD_C 1\n#define PRE_PAD_VALUE (-7)\n"
                + "const int8_t pre_input_tensor[2] = {1, 2};\nconst int8_t pre_output[6] = {-7, -7, 1, -7, 2, -7};\n");
        cmsisCase("softmax_s16", "#define PRE_NUM_ROWS 1\n#define PRE_ROW_SIZE 2\n#define PRE_INPUT_MULT 1073741824\n#define PRE_INPUT_LEFT_SHIFT 1\n"
                + "const int16_t pre_input[2] = {5, 5};\nconst int16_t pre_output_ref[2] = {16384, 16384};\n");
        agrees(cases().get("cmsis-nn/pad/pad_int8"));
        assertThat(run(cases().get("cmsis-nn/softmax/softmax_s16"))).allMatch(p -> Math.abs(p - 16384) <= 2);
    }

    @Test
    void fourBitWeightsLowHalfFirst() throws IOException {
        cmsisCase("fully_connected_int4", "#define PRE_OUT_CH 1\n#define PRE_INPUT_BATCHES 1\n#define PRE_ACCUMULATION_DEPTH 3\n"
                + "#define PRE_INPUT_OFFSET 0\n#define PRE_OUTPUT_OFFSET 0\n#define PRE_OUTPUT_MULTIPLIER 1073741824\n#define PRE_OUTPUT_SHIFT 1\n"
                + "const int32_t *const pre_biases = NULL;\n"
                // weights 1, -2, 3
                + "const int8_t pre_weights[2] = {-31, 3};\nconst int8_t pre_input[3] = {1, 10, 20};\nconst int8_t pre_output_ref[1] = {41};\n");
        agrees(cases().get("cmsis-nn/fully_connected/fully_connected_int4"));
    }

    @Test
    void readsOnlyWhatTestDataIncludes() throws IOException {
        cmsisCase("transpose_x", "#define PRE_PERM_SIZE 2\n#define PRE_IN_DIM  \\\n {    \\\n 1, 2, 0, \\\n }\n#define PRE_PERM {1, 0,}\n"
                + "const int8_t pre_input_tensor[2] = {1, 2};\nconst int8_t pre_output[2] = {1, 2};\n");
        Files.writeString(cmsis.resolve("transpose_x").resolve("input_tensor.h"), "const int8_t transpose_x_input_tensor[2] = {8, 9};\n");
        agrees(cases().get("cmsis-nn/transpose/transpose_x"));
    }

    @Test
    void whatIsOutOfScopeSaysWhy() throws IOException {
        for (String name : List.of("lstm_1", "svdf_int8", "reverse_transpose_conv_2", "maximum_scalar_1")) {
            Files.createDirectories(cmsis.resolve(name));
        }
        Files.createDirectories(folder.resolve("another-suite"));
        assertThat(cases().values()).hasSize(5).allMatch(c -> c.outOfScope().isPresent());
        assertThat(cases().get("cmsis-nn/lstm/lstm_1").outOfScope()).contains("recurrent cells are not in the op set");
        assertThat(cases().get("another-suite/all/another-suite").outOfScope()).contains("no reader for this suite");
    }

    @Test
    void whatCannotBeReadFails() throws IOException {
        Files.createDirectories(cmsis.resolve("conv_without_files"));
        cmsisCase("mystery", "#define PRE_FOO 1\n");
        cmsisCase("mul_short", "#define PRE_INPUT1_OFFSET 0\n#define PRE_OUTPUT_MULT 1\n");
        Files.writeString(Files.createDirectories(tflite.resolve("conv")).resolve("conv0.tflite"), "nothing");
        Map<String, ConformanceCase> all = cases();
        assertThat(all).hasSize(4);
        assertThat(all.values()).allMatch(c -> c.outOfScope().isEmpty());
        assertThatThrownBy(() -> all.get("cmsis-nn/unknown/conv_without_files").vector().get()).hasMessageContaining("test_data.h");
        assertThatThrownBy(() -> all.get("cmsis-nn/unknown/mystery").vector().get()).hasMessageContaining("cannot tell the op");
        assertThatThrownBy(() -> all.get("cmsis-nn/mul/mul_short").vector().get()).hasMessageContaining("mul_short_[input1]");
        assertThatThrownBy(() -> all.get("tflm-seanet/conv/conv0").vector().get()).hasMessageContaining("not a TFLite model");
    }

    @Test
    void aShapeThatDoesNotFitTheDataFails() throws IOException {
        cmsisCase("transpose_y", "#define PRE_PERM_SIZE 1\n#define PRE_IN_DIM {3}\n#define PRE_PERM {0}\n"
                + "const int8_t pre_input_tensor[2] = {1, 2};\nconst int8_t pre_output[3] = {1, 2, 3};\n");
        assertThatThrownBy(() -> cases().get("cmsis-nn/transpose/transpose_y").vector().get()).hasMessageContaining("2 values for s8[3]");
    }

    // ---- TFLite

    /** A model of one operator from x to y, both of shape [3]; scale of y 1. */
    private static byte[] model(int operator, int typeX, float scaleX, int typeY) {
        FlatBufferBuilder b = new FlatBufferBuilder();
        int x = tensor(b, typeX, scaleX);
        int y = tensor(b, typeY, 1);
        int tensors = vector(b, x, y);
        int in = ints(b, 0);
        int out = ints(b, 1);
        b.startTable(5);
        b.addOffset(1, in, 0);
        b.addOffset(2, out, 0);
        int operators = vector(b, b.endTable());
        b.startTable(5);
        b.addOffset(0, tensors, 0);
        b.addOffset(1, in, 0);
        b.addOffset(2, out, 0);
        b.addOffset(3, operators, 0);
        int graphs = vector(b, b.endTable());
        b.startTable(4);
        b.addByte(0, (byte) operator, 0);
        b.addInt(3, operator, 0);
        int codes = vector(b, b.endTable());
        b.startTable(3);
        int buffers = vector(b, b.endTable());
        b.startTable(8);
        b.addInt(0, 3, 0);
        b.addOffset(1, codes, 0);
        b.addOffset(2, graphs, 0);
        b.addOffset(4, buffers, 0);
        b.finish(b.endTable(), "TFL3");
        return b.sizedByteArray();
    }

    private static int tensor(FlatBufferBuilder b, int type, float scale) {
        b.startVector(4, 1, 4);
        b.addFloat(scale);
        int scales = b.endVector();
        b.startTable(7);
        b.addOffset(2, scales, 0);
        int quant = b.endTable();
        int shape = ints(b, 3);
        b.startTable(8);
        b.addOffset(0, shape, 0);
        b.addByte(1, (byte) type, 0);
        b.addOffset(4, quant, 0);
        return b.endTable();
    }

    private static int ints(FlatBufferBuilder b, int value) {
        b.startVector(4, 1, 4);
        b.addInt(value);
        return b.endVector();
    }

    private static int vector(FlatBufferBuilder b, int... offsets) {
        b.startVector(4, offsets.length, 4);
        for (int i = offsets.length - 1; i >= 0; i--) {
            b.addOffset(offsets[i]);
        }
        return b.endVector();
    }

    private void tfliteCase(String op, String name, byte[] model, String input, String golden) throws IOException {
        Path at = Files.createDirectories(tflite.resolve(op));
        Files.write(at.resolve(name + ".tflite"), model);
        Files.writeString(at.resolve(name + "_input0_int16.csv"), input);
        Files.writeString(at.resolve(name + "_golden_int32.csv"), golden);
    }

    @Test
    void quantizeFrom16To32Bits() throws IOException {
        tfliteCase("quantize", "quantize1", model(114, 7, 4, 2), "1,-2,32767", "4,-8,131068\n");
        agrees(cases().get("tflm-seanet/quantize/quantize1"));
    }

    @Test
    void otherOperatorsOfTfliteAreOutOfScope() throws IOException {
        tfliteCase("leaky_relu", "leaky_relu0", model(98, 7, 1, 7), "1,2,3", "1,2,3");
        tfliteCase("new", "new0", model(120, 7, 1, 7), "1,2,3", "1,2,3");
        assertThat(cases().get("tflm-seanet/leaky_relu/leaky_relu0").outOfScope()).contains("TFLite operator LEAKY_RELU is not in the op set");
        assertThat(cases().get("tflm-seanet/new/new0").outOfScope()).contains("TFLite operator no. 120 is not in the op set");
    }

    @Test
    void aMissingGoldenFails() throws IOException {
        Path at = Files.createDirectories(tflite.resolve("quantize"));
        Files.write(at.resolve("quantize1.tflite"), model(114, 7, 4, 2));
        Files.writeString(at.resolve("quantize1_input0_int16.csv"), "1,2,3");
        assertThatThrownBy(() -> cases().get("tflm-seanet/quantize/quantize1").vector().get()).hasMessageContaining("no file quantize1_golden");
    }
}
