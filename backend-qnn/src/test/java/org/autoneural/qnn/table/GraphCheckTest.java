package org.autoneural.qnn.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.autoneural.qnn.graph.DataType;
import org.autoneural.qnn.graph.Encoding;
import org.autoneural.qnn.graph.Encoding.AxisScaleOffset;
import org.autoneural.qnn.graph.Encoding.BitsAxisScaleOffset;
import org.autoneural.qnn.graph.Encoding.ScaleOffset;
import org.autoneural.qnn.graph.Param;
import org.autoneural.qnn.graph.Param.Ints;
import org.autoneural.qnn.graph.Param.Scalar;
import org.autoneural.qnn.graph.QnnGraph;
import org.autoneural.qnn.graph.QnnNode;
import org.autoneural.qnn.graph.QnnTensor;
import org.autoneural.qnn.graph.QnnTensor.Role;
import org.autoneural.qnn.graph.StaticData;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every rule refuses what it is there for, and lets its neighbour pass. */
class GraphCheckTest {
    private static final Encoding HALF = new ScaleOffset(0.5f, -100);
    private static final Encoding OTHER = new ScaleOffset(0.25f, -100);
    private static final List<Param> PLAIN_CONV = List.of(Ints.u32("stride", 1, 1), Ints.rows("pad_amount", DataType.U32, 2, List.of(0, 0, 0, 0)));

    private final OpTable ops = OpTable.read();
    private final HtpTable htp = HtpTable.of("sa8295p");

    /** One node with the tensors that it reads and writes. */
    private static final class OneNode {
        private final String op;
        private final List<QnnTensor> tensors = new ArrayList<>();
        private final List<String> inputs = new ArrayList<>();
        private final List<String> outputs = new ArrayList<>();
        private final List<Param> params = new ArrayList<>();

        OneNode(String op) {
            this.op = op;
        }

        OneNode in(DataType type, Encoding encoding, Integer... dims) {
            return add(inputs, Role.APP_WRITE, type, encoding, dims);
        }

        OneNode constant(DataType type, Encoding encoding, Integer... dims) {
            return add(inputs, Role.STATIC, type, encoding, dims);
        }

        OneNode out(DataType type, Encoding encoding, Integer... dims) {
            return add(outputs, Role.APP_READ, type, encoding, dims);
        }

        OneNode params(List<Param> given) {
            params.addAll(given);
            return this;
        }

        private OneNode add(List<String> side, Role role, DataType type, Encoding encoding, Integer... dims) {
            String name = "t" + tensors.size();
            long bytes = Arrays.stream(dims).mapToLong(Integer::longValue).reduce(type.sizeBytes(), (a, b) -> a * b);
            Optional<StaticData> data = role == Role.STATIC ? Optional.of(new NoData(bytes)) : Optional.empty();
            tensors.add(new QnnTensor(name, role, type, List.of(dims), encoding, data));
            side.add(name);
            return this;
        }

        QnnGraph build() {
            return new QnnGraph("main", tensors, List.of(new QnnNode("n", op, params, inputs, outputs, "source")));
        }
    }

    private record NoData(long sizeBytes) implements StaticData {
        @Override
        public void writeTo(ByteBuffer target) {
            throw new IllegalStateException("the check reads no data");
        }
    }

    /** Code of the rule, an op that breaks it, the same op that does not. */
    private record Case(String code, OneNode wrong, OneNode right) {}

    private static List<Case> cases() {
        Encoding none = new Encoding.None();
        Encoding gain = new ScaleOffset(0.1f, 0);
        List<Case> all = new ArrayList<>();
        all.add(new Case("V68-WEIGHT16", conv("Conv2d", DataType.U16, new ScaleOffset(0.1f, -32_768), PLAIN_CONV), conv("Conv2d", DataType.S8, axis(3), PLAIN_CONV)));
        all.add(new Case("V68-MATMUL", matMul(DataType.U16, 2, 3), matMul(DataType.U8, 2, 3)));
        all.add(new Case("V68-GAMMA", norm(DataType.U16, gain, 1), norm(DataType.U8, gain, 1)));
        all.add(new Case("HTP-RANK", new OneNode("ElementWiseExp").in(DataType.U16, HALF, 1, 1, 1, 1, 1, 2).out(DataType.U16, HALF, 1, 1, 1, 1, 1, 2),
                new OneNode("ElementWiseExp").in(DataType.U16, HALF, 1, 1, 1, 1, 2).out(DataType.U16, HALF, 1, 1, 1, 1, 2)));
        all.add(new Case("HTP-RANK4", matMul(DataType.U8, 1, 1, 1, 2, 3), matMul(DataType.U8, 1, 1, 2, 3)));
        all.add(new Case("HTP-FC-RANK", fullyConnected(List.of(), axis(0), 2, 4, 2), fullyConnected(List.of(), axis(0), 8, 2)));
        all.add(new Case("HTP-FC-DIMS", fullyConnected(List.of(Scalar.b8("keep_dims", true)), axis(0), 8, 2), fullyConnected(List.of(Scalar.b8("keep_dims", false)), axis(0), 8, 2)));
        all.add(new Case("HTP-FC-CHANNEL", fullyConnected(List.of(), axis(1), 8, 2), fullyConnected(List.of(), axis(0), 8, 2)));
        all.add(new Case("HTP-CHANNEL", conv("Conv2d", DataType.S8, axis(2), PLAIN_CONV), conv("Conv2d", DataType.S8, axis(3), PLAIN_CONV)));
        all.add(new Case("HTP-CHANNEL", conv("Conv2d", DataType.U8, axis(3), PLAIN_CONV), conv("Conv2d", DataType.S8, new BitsAxisScaleOffset(4, 3, List.of(1f, 2f)), PLAIN_CONV)));
        all.add(new Case("HTP-STATIC", new OneNode("Conv2d").in(DataType.U16, HALF, 1, 4, 4, 3).in(DataType.S8, axis(3), 1, 1, 3, 2).out(DataType.U16, HALF, 1, 4, 4, 2).params(PLAIN_CONV),
                conv("Conv2d", DataType.S8, axis(3), PLAIN_CONV)));
        all.add(new Case("HTP-BIAS", conv("Conv2d", DataType.S8, axis(3), PLAIN_CONV).constant(DataType.S32, new AxisScaleOffset(0, List.of(0.5f, 0.5f)), 2),
                conv("Conv2d", DataType.S8, axis(3), PLAIN_CONV).constant(DataType.S32, new AxisScaleOffset(0, List.of(0.5f, 1f)), 2)));
        all.add(new Case("HTP-DEPTHWISE", depthwise(2, 3), depthwise(2, 2)));
        all.add(new Case("HTP-NORM-AXIS", norm(DataType.U8, gain, 0), norm(DataType.U8, gain, 1)));
        all.add(new Case("HTP-SOFTMAX-AXIS", softmax(0), softmax(1)));
        all.add(new Case("HTP-GATHER", gather(OTHER), gather(HALF)));
        all.add(new Case("HTP-MOVE", transpose(OTHER), transpose(HALF)));
        all.add(new Case("HTP-CONCAT", concat(OTHER), concat(HALF)));
        all.add(new Case("HTP-SCATTER", scatter(HALF, OTHER), scatter(HALF, HALF)));
        all.add(new Case("HTP-SCATTER-DATA", scatter(OTHER, HALF), scatter(HALF, HALF)));
        all.add(new Case("HTP-SELECT", select(OTHER, HALF), select(HALF, HALF)));
        all.add(new Case("HTP-SELECT-ELSE", select(HALF, OTHER), select(HALF, HALF)));
        all.add(new Case("HTP-RESHAPE", reshape().constant(DataType.I32, none, 1), reshape()));
        all.add(new Case("HTP-SIGMOID", unary("Sigmoid", HALF), unary("Sigmoid", new ScaleOffset(0x1p-16f, 0))));
        all.add(new Case("HTP-TANH", unary("Tanh", HALF), unary("Tanh", new ScaleOffset(0x1p-15f, -32_768))));
        all.add(new Case("HTP-TOPK", topK(false), topK(true)));
        all.add(new Case("HTP-ACTIVATION", new OneNode("Gelu").in(DataType.S8, axis(0), 2).out(DataType.S8, HALF, 2), new OneNode("Gelu").in(DataType.S8, HALF, 2).out(DataType.S8, HALF, 2)));
        // the op table itself
        all.add(new Case("OP-TABLE", new OneNode("Conv1d").in(DataType.U16, HALF, 2).out(DataType.U16, HALF, 2), unary("Gelu", HALF)));
        all.add(new Case("OP-TABLE", new OneNode("Gelu").in(DataType.U16, HALF, 2).out(DataType.U8, HALF, 2), unary("Gelu", HALF)));
        all.add(new Case("OP-TABLE", new OneNode("Gelu").in(DataType.U16, HALF, 2).in(DataType.U16, HALF, 2).out(DataType.U16, HALF, 2), unary("Gelu", HALF)));
        all.add(new Case("OP-TABLE", new OneNode("Transpose").in(DataType.U16, HALF, 2, 3).out(DataType.U16, HALF, 3, 2), transpose(HALF)));
        all.add(new Case("OP-TABLE", conv("Conv2d", DataType.S8, axis(3), PLAIN_CONV).params(List.of(Scalar.u32("speed", 1))),
                conv("Conv2d", DataType.S8, axis(3), PLAIN_CONV).params(List.of(Scalar.u32("group", 1)))));
        all.add(new Case("OP-TABLE", conv("Conv2d", DataType.S8, axis(3), List.of(Ints.u32("stride", 1, 1, 1), PLAIN_CONV.get(1))), conv("Conv2d", DataType.S8, axis(3), PLAIN_CONV)));
        return all;
    }

    @TestFactory
    List<DynamicTest> rules() {
        Map<String, Integer> count = new LinkedHashMap<>();
        return cases().stream().map(c -> DynamicTest.dynamicTest(c.code() + " " + count.merge(c.code(), 1, Integer::sum), () -> {
            assertThat(GraphCheck.of(c.right().build(), ops, htp)).isEmpty();
            assertThat(GraphCheck.of(c.wrong().build(), ops, htp)).isNotEmpty().allSatisfy(v -> {
                assertThat(v.code()).isEqualTo(c.code());
                assertThat(v.source()).isEqualTo("source");
                assertThat(v.allowed()).isNotBlank();
            });
        })).toList();
    }

    @Test
    void everyRuleHasACase() {
        Set<String> tested = cases().stream().map(Case::code).collect(Collectors.toSet());
        assertThat(htp.rules().stream().filter(r -> r.kind() != Rule.Kind.NOTE).map(Rule::code)).allMatch(tested::contains);
    }

    @Test
    void laterArchitecturesTake16Bits() {
        HtpTable v73 = HtpTable.of(new Soc("later", 43, 73, 8, 1L << 31, "made up for this test"));
        assertThat(GraphCheck.of(matMul(DataType.U16, 2, 3).build(), ops, v73)).isEmpty();
        assertThat(v73.allows("MatMul", 1, "U16")).isTrue();
        assertThat(htp.allows("MatMul", 1, "U16")).isFalse();
        assertThat(v73.changes()).doesNotContainKey("MAP-GAMMA8").containsKey("MAP-ROPE");
    }

    @Test
    void rulesSpeakOfOpsOfTheTable() {
        htp.rules().forEach(r -> r.ops().stream().filter(o -> !o.equals("*")).forEach(o -> assertThat(ops.op(o)).as(r.code() + ": " + o).isPresent()));
        htp.rules().forEach(r -> assertThat(List.of(r.text(), r.remedy(), r.source())).as(r.code()).noneMatch(String::isBlank));
    }

    /** The test double's own transcription of the vendor's table, made apart from ours, says the same about inputs and types. */
    @Test
    void theTestDoubleHasTheSameTable() throws Exception {
        Map<String, String> ours = new LinkedHashMap<>();
        for (List<String> row : TableFile.rows("ops.txt")) {
            ours.put(row.get(0), row.get(1).replace("*", "-1") + " " + Arrays.stream(row.get(3).split(" ; "))
                    .map(t -> t.replaceAll("\\*$", "").replace("->", ">")).collect(Collectors.joining(" ")));
        }
        Map<String, String> theirs = new LinkedHashMap<>();
        Matcher matcher = Pattern.compile("\\{\"(\\w+)\", (-?\\d+), (-?\\d+), \"[^\"]*\",\\s*\"([^\"]*)\"\\}")
                .matcher(Files.readString(Path.of("src", "test", "native", "op_table.inc")));
        while (matcher.find()) {
            theirs.put(matcher.group(1), matcher.group(2) + ".." + matcher.group(3) + " " + matcher.group(4).replace("*", ","));
        }
        assertThat(new TreeSet<>(theirs.keySet())).containsAll(ours.keySet());
        ours.forEach((op, row) -> assertThat(theirs.get(op)).as(op).isEqualTo(row));
    }

    private static AxisScaleOffset axis(int axis) {
        return new AxisScaleOffset(axis, List.of(1f, 2f));
    }

    private static OneNode conv(String op, DataType weights, Encoding encoding, List<Param> params) {
        return new OneNode(op).in(DataType.U16, HALF, 1, 4, 4, 3).constant(weights, encoding, 1, 1, 3, 2).out(DataType.U16, HALF, 1, 4, 4, 2).params(params);
    }

    private static OneNode depthwise(int stride, int dilation) {
        return new OneNode("DepthWiseConv2d").in(DataType.U16, HALF, 1, 9, 9, 2).constant(DataType.S8, axis(3), 3, 3, 1, 2).out(DataType.U16, HALF, 1, 3, 3, 2)
                .params(List.of(Ints.u32("stride", stride, stride), PLAIN_CONV.get(1), Ints.u32("dilation", dilation, dilation)));
    }

    private static OneNode matMul(DataType second, Integer... dims) {
        Integer[] turned = dims.clone();
        turned[dims.length - 2] = dims[dims.length - 1];
        turned[dims.length - 1] = 4;
        Integer[] result = dims.clone();
        result[dims.length - 1] = 4;
        return new OneNode("MatMul").in(DataType.U16, HALF, dims).in(second, HALF, turned).out(DataType.U16, HALF, result);
    }

    private static OneNode fullyConnected(List<Param> params, Encoding weights, Integer... result) {
        return new OneNode("FullyConnected").in(DataType.U16, HALF, 8, 3).constant(DataType.S8, weights, 2, 3).out(DataType.U16, HALF, result).params(params);
    }

    private static OneNode norm(DataType gain, Encoding encoding, int axis) {
        return new OneNode("RmsNorm").in(DataType.U16, HALF, 2, 2).constant(gain, encoding, 2).out(DataType.U16, HALF, 2, 2)
                .params(List.of(Ints.u32("axes", axis)));
    }

    private static OneNode softmax(int axis) {
        return new OneNode("Softmax").in(DataType.U16, HALF, 2, 2).out(DataType.U16, HALF, 2, 2).params(List.of(Scalar.u32("axis", axis)));
    }

    private static OneNode gather(Encoding result) {
        return new OneNode("Gather").in(DataType.U16, HALF, 5, 2).in(DataType.I32, new Encoding.None(), 3).out(DataType.U16, result, 3, 2)
                .params(List.of(Scalar.i32("axis", 0)));
    }

    private static OneNode transpose(Encoding result) {
        return new OneNode("Transpose").in(DataType.U16, HALF, 2, 3).out(DataType.U16, result, 3, 2).params(List.of(Ints.u32("perm", 1, 0)));
    }

    private static OneNode concat(Encoding second) {
        return new OneNode("Concat").in(DataType.U16, HALF, 2, 2).in(DataType.U16, second, 2, 2).out(DataType.U16, HALF, 2, 4).params(List.of(Scalar.u32("axis", 1)));
    }

    private static OneNode scatter(Encoding data, Encoding updates) {
        return new OneNode("ScatterNd").in(DataType.U8, data, 5, 2).in(DataType.I32, new Encoding.None(), 1, 1).in(DataType.U8, updates, 1, 2).out(DataType.U8, HALF, 5, 2);
    }

    private static OneNode select(Encoding then, Encoding otherwise) {
        return new OneNode("ElementWiseSelect").in(DataType.B8, new Encoding.None(), 2).in(DataType.U16, then, 2).in(DataType.U16, otherwise, 2).out(DataType.U16, HALF, 2);
    }

    private static OneNode reshape() {
        return new OneNode("Reshape").in(DataType.U16, HALF, 4).out(DataType.U16, HALF, 2, 2);
    }

    private static OneNode unary(String op, Encoding result) {
        return new OneNode(op).in(DataType.U16, HALF, 2).out(DataType.U16, result, 2);
    }

    private static OneNode topK(boolean largest) {
        return new OneNode("TopK").in(DataType.U16, HALF, 5).out(DataType.U16, HALF, 2).out(DataType.I32, new Encoding.None(), 2)
                .params(List.of(Scalar.u32("k", 2), Scalar.b8("largest", largest)));
    }
}
