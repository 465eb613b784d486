package org.autoneural.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.math.encode.Multiplier;
import org.autoneural.ir.math.encode.MultiplierEncoder;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.PairRescale;
import org.autoneural.ir.op.Requantize;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.TensorRescale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dumps made by running the interpreter with one node under another variant, and dumps with something wrong. */
class ComparisonTest {
    private static final long SEED = 7;
    private static final int N = 24, K = 32, O = 16;
    private static final Rounding SINGLE = Rounding.SINGLE;
    private static final Accumulator I64 = Accumulator.I64;
    /** A ratio of 1/2: every second sum is a tie. */
    private static final Multiplier HALF = new Multiplier(1 << 30, 31);
    /** A ratio of 1/16, shifted so far that double rounding rounds twice. */
    private static final Multiplier SIXTEENTH = new Multiplier(1 << 30, 34);
    private static final Multiplier SMALL = MultiplierEncoder.encode(0.0123);
    /** For sums near 2^32. */
    private static final Multiplier TINY = MultiplierEncoder.encode(1.7 / (1 << 18));

    @TempDir
    Path temporary;

    private Path folder;

    @BeforeEach
    void folder() {
        folder = temporary.resolve("dump");
    }

    /**
     * x -> requantize -> a -> linear -> b -> add with a's rows -> c.
     *
     * @param bias magnitude of the biases
     */
    private static Graph graph(ChannelRescale form, Multiplier m, long bias, int xRange) {
        SplittableRandom random = new SplittableRandom(SEED);
        GraphBuilder g = new GraphBuilder("step", Stage.INTEGER);
        g.input("x", TensorType.of(DType.S16, Shape.of(N, K)));
        g.input("unused", TensorType.of(DType.S32, Shape.of(1)));
        g.constant("w", Tensor.ofInts(DType.S8, Shape.of(O, K), random.ints(O * K, -xRange, xRange + 1).toArray()));
        g.constant("bias", Tensor.ofLongs(Shape.of(O), random.longs(O, -bias, bias + 1).toArray()));
        g.constant("m", Tensor.ofInts(DType.S32, Shape.of(O), random.ints(O).map(i -> m.multiplier()).toArray()));
        g.constant("n", Tensor.ofInts(DType.S8, Shape.of(O), random.ints(O).map(i -> m.shift()).toArray()));
        TensorType rows = TensorType.of(DType.S16, Shape.of(N, K));
        TensorType result = TensorType.of(DType.S16, Shape.of(N, O));
        TensorRescale same = new TensorRescale(1 << 30, 30, SINGLE, 0, 0, -32767, 32767);
        g.add(new Requantize(same), List.of("a"), List.of(rows), "block.in", "x");
        g.add(new Linear(Optional.of(form)), List.of("b"), List.of(result), "block.linear", "a", "w", "bias", "m", "n");
        g.add(new Requantize(new TensorRescale(1 << 30, 31, SINGLE, 0, 0, -32767, 32767)), List.of("b.half"), List.of(result),
                "block.linear", "b");
        g.add(new Add(Optional.of(new PairRescale(1 << 30, 1 << 30, 30, 0, 0, 0, -32767, 32767))), List.of("c"), List.of(result),
                "block.add", "b", "b.half");
        g.output("c");
        return g.build();
    }

    private static ChannelRescale form(Accumulator accumulator, Rounding rounding) {
        return new ChannelRescale(accumulator, rounding, 0, 0, -32767, 32767);
    }

    private static Program program(Graph graph) {
        return new Program(List.of(graph));
    }

    private static Tensor x(int range) {
        return Tensor.ofInts(DType.S16, Shape.of(N, K), new SplittableRandom(SEED + 1).ints(N * K, -range, range + 1).toArray());
    }

    /** All tensors of a run of {@code graph}, inputs first. */
    private static Map<String, Tensor> tensors(Graph graph, int range) {
        Map<String, Tensor> inputs = new LinkedHashMap<>(Map.of("x", x(range), "unused", Tensor.index(0)));
        Map<String, Tensor> all = new LinkedHashMap<>(inputs);
        new IntegerInterpreter().run(graph, inputs, all::put);
        return all;
    }

    private void write(Map<String, Tensor> tensors) {
        DumpWriter dump = DumpWriter.create(folder, "a test");
        dump.run("step");
        tensors.forEach((value, tensor) -> dump.tensor(value, "", tensor));
        dump.finish();
    }

    private DepartureReport compare(Graph ours) {
        return Comparison.of(program(ours), Dump.open(folder), 10);
    }

    static Stream<Arguments> variants() {
        ChannelRescale exact = form(I64, SINGLE);
        ChannelRescale wrap = form(Accumulator.I32_WRAP, SINGLE);
        long large = 3L << 30;
        return Stream.of(
                Arguments.of("half_even", exact, HALF, 50L, 3, form(I64, Rounding.HALF_EVEN)),
                Arguments.of("toward_zero", exact, HALF, 50L, 3, form(I64, Rounding.TOWARD_ZERO)),
                Arguments.of("double", wrap, SIXTEENTH, 1L << 10, 100, form(Accumulator.I32_WRAP, Rounding.DOUBLE)),
                // a multiplier of 15 bits has no second rounding, and this one loses nothing: two answers, both right
                Arguments.of("single, also multiplier_15", form(Accumulator.I32_WRAP, Rounding.DOUBLE), SIXTEENTH, 1L << 10, 100, wrap),
                Arguments.of("i32_sat", exact, TINY, large, 100, form(Accumulator.I32_SAT, SINGLE)),
                Arguments.of("i32_wrap", exact, TINY, large, 100, wrap),
                Arguments.of("i64", wrap, TINY, large, 100, exact),
                Arguments.of("i32_sat", form(Accumulator.I48, SINGLE), TINY, large, 100, form(Accumulator.I32_SAT, SINGLE)),
                Arguments.of("toward_zero + i32_sat", exact, TINY, large, 100, form(Accumulator.I32_SAT, Rounding.TOWARD_ZERO)),
                Arguments.of("type_bounds", new ChannelRescale(I64, SINGLE, 0, 0, 0, 32767), SMALL, 1L << 22, 100,
                        new ChannelRescale(I64, SINGLE, 0, 0, -32768, 32767)));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void namesTheNodeAndItsVariant(String variant, ChannelRescale own, Multiplier m, long bias, int range, ChannelRescale theirs) {
        write(tensors(graph(theirs, m, bias, range), range));
        DepartureReport report = compare(graph(own, m, bias, range));
        assertThat(report.departures()).as("what follows takes the dumped b").hasSize(1);
        Departure d = report.first().orElseThrow();
        assertThat(d.value()).isEqualTo("b");
        assertThat(d.op()).isEqualTo("linear");
        assertThat(d.source()).isEqualTo("block.linear");
        assertThat(d.unseen()).isEmpty();
        assertThat(d.elements()).isEqualTo(N * O);
        assertThat(d.departing()).isBetween(1L, (long) N * O);
        assertThat(d.histogram().values().stream().mapToLong(v -> v).sum()).isEqualTo(d.departing());
        assertThat(Math.abs(d.ours() - d.dumped())).isEqualTo(d.maxSteps());
        assertThat(d.explanations()).extracting(Explanation::variant).containsExactly(variant.split(", also "));
        assertThat(d.explanations()).allMatch(d::explainedBy);
        assertThat(report.text()).contains("First departure: step %b (linear), from block.linear", "departures fit " + variant);
    }

    @Test
    void knowsMultipliersOfFifteenBits() {
        double ratio = 0.01239;
        Graph theirs = graph(form(I64, SINGLE), MultiplierEncoder.encode15(ratio), 1L << 21, 100);
        write(tensors(theirs, 1000));
        DepartureReport report = compare(graph(form(I64, SINGLE), MultiplierEncoder.encode(ratio), 1L << 21, 100));
        Departure d = report.first().orElseThrow();
        assertThat(d.value()).isEqualTo("b");
        assertThat(d.explanations()).extracting(Explanation::variant).containsExactly("multiplier_15");
    }

    @Test
    void knowsMissingSaturation() {
        Multiplier m = MultiplierEncoder.encode(0.25);
        Graph ours = graph(form(I64, SINGLE), m, 200_000, 100);
        Map<String, Tensor> tensors = tensors(ours, 100);
        // b again, by hand, its low 16 bits
        int[] xs = tensors.get("a").toInts(), ws = ours.constant("w").orElseThrow().toInts();
        Tensor b = Tensor.zeros(DType.S16, Shape.of(N, O));
        for (int i = 0; i < N * O; i++) {
            long sum = ours.constant("bias").orElseThrow().getLong(i % O);
            for (int k = 0; k < K; k++) {
                sum += (long) xs[i / O * K + k] * ws[i % O * K + k];
            }
            b.setLong(i, (short) Math.floorDiv(sum + 2, 4));
        }
        write(Map.of("x", x(100), "b", b));
        Departure d = compare(ours).first().orElseThrow();
        assertThat(d.value()).isEqualTo("b");
        assertThat(d.maxSteps()).isGreaterThan(32767);
        assertThat(d.explanations()).extracting(Explanation::variant).containsExactly("no_saturation");
    }

    @Test
    void equalTensorsDoNotDepart() {
        Graph graph = graph(form(I64, SINGLE), SMALL, 50, 100);
        write(tensors(graph, 100));
        DepartureReport report = compare(graph);
        assertThat(report.departures()).isEmpty();
        assertThat(report.runs()).containsExactly(new DepartureReport.ComparedRun("step", 4, 4));
        assertThat(report.text()).contains("the dump of a test: step (4 of 4 tensors)", "No departure");
    }

    @Test
    void aFlippedElementIsNotExplainedAway() {
        Graph graph = graph(form(I64, SINGLE), SMALL, 50, 100);
        Map<String, Tensor> tensors = tensors(graph, 100);
        Tensor b = tensors.get("b");
        b.setLong(37, b.getLong(37) ^ 64);
        write(tensors);
        Departure d = compare(graph).first().orElseThrow();
        assertThat(d.value()).isEqualTo("b");
        assertThat(d.departing()).isEqualTo(1);
        assertThat(d.maxSteps()).isEqualTo(64);
        assertThat(d.histogram()).containsExactly(Map.entry("33..64", 1L));
        assertThat(d.worst()).isEqualTo(37);
        assertThat(d.explanations()).isEmpty();
        assertThat(compare(graph).text()).contains("none of " + d.tried() + " known variants explains a part of it",
                "element 37: ours " + d.ours() + ", the dump " + d.dumped());
    }

    @Test
    void classesOfStepsArePowersOfTwo() {
        Graph graph = graph(form(I64, SINGLE), SMALL, 50, 100);
        Map<String, Tensor> tensors = tensors(graph, 100);
        int[] off = {1, -1, 2, 3, 4, 5, 8, 9};
        for (int i = 0; i < off.length; i++) {
            tensors.get("c").setLong(i, tensors.get("c").getLong(i) + off[i]);
        }
        write(tensors);
        Departure d = compare(graph).first().orElseThrow();
        assertThat(d.histogram()).containsExactly(Map.entry("1", 2L), Map.entry("2", 1L), Map.entry("3..4", 2L),
                Map.entry("5..8", 2L), Map.entry("9..16", 1L));
    }

    @Test
    void whatADumpLacksIsNamedAsPossibleCause() {
        Graph ours = graph(form(I64, SINGLE), HALF, 50, 3);
        Map<String, Tensor> tensors = tensors(graph(form(I64, Rounding.HALF_EVEN), HALF, 50, 3), 3);
        tensors.keySet().removeAll(List.of("b", "b.half", "unused"));
        write(tensors);
        DepartureReport report = compare(ours);
        assertThat(report.runs()).containsExactly(new DepartureReport.ComparedRun("step", 4, 2));
        Departure d = report.first().orElseThrow();
        assertThat(d.value()).isEqualTo("c");
        assertThat(d.unseen()).containsExactlyInAnyOrder("b", "b.half");
        assertThat(report.text()).contains("not in the dump, so the cause may be there: %b");
    }

    @Test
    void explanationsAreLookedForInTheFirstDeparturesOnly() {
        Graph ours = graph(form(I64, SINGLE), HALF, 50, 3);
        write(tensors(graph(form(I64, Rounding.HALF_EVEN), HALF, 50, 3), 3));
        Departure d = Comparison.of(program(ours), Dump.open(folder), 0).first().orElseThrow();
        assertThat(d.tried()).isZero();
        assertThat(d.explanations()).isEmpty();
    }

    @Test
    void severalDeparturesComeInTheOrderOfTheGraph() {
        Graph graph = graph(form(I64, SINGLE), SMALL, 50, 100);
        Map<String, Tensor> tensors = tensors(graph, 100);
        for (String value : List.of("c", "a")) {
            tensors.get(value).setLong(0, tensors.get(value).getLong(0) + 1);
        }
        write(tensors);
        DepartureReport report = compare(graph);
        assertThat(report.departures()).extracting(Departure::value).startsWith("a").endsWith("c");
        assertThat(report.text()).contains("judged on the dumped operands");
    }

    @Test
    void alignsBySourceTheLastResultOfThatType() throws IOException {
        Graph graph = graph(form(I64, SINGLE), SMALL, 50, 100);
        Map<String, Tensor> tensors = tensors(graph, 100);
        Tensor half = tensors.get("b.half");
        half.setLong(3, half.getLong(3) + 1);
        write(new LinkedHashMap<>(Map.of("x", tensors.get("x"), "b.half", half)));
        replaceInIndex("\"value\" : \"b.half\"", "\"source\" : \"block.linear\"");
        DepartureReport report = compare(graph);
        assertThat(report.departures()).extracting(Departure::value).containsExactly("b.half");
    }

    @Test
    void unsignedTensorsAreCentred() throws IOException {
        Graph graph = graph(form(I64, SINGLE), SMALL, 50, 100);
        Map<String, Tensor> tensors = tensors(graph, 100);
        Tensor unsigned = Tensor.zeros(DType.U16, Shape.of(N, O));
        for (int i = 0; i < N * O; i++) {
            unsigned.setLong(i, tensors.get("b").getLong(i) + 32768);
        }
        tensors.put("b", unsigned);
        write(tensors);
        assertThat(compare(graph).departures()).isEmpty();
    }

    @Test
    void formsWithoutSumsHaveTheVariantsOfTheirParts() {
        assertThat(Variants.of(new Softmax(false, Optional.of(new TensorRescale(1 << 30, 40, SINGLE, 0, 0, 0, 32767)))))
                .extracting(Variant::name).containsExactly("double", "half_even", "toward_zero", "multiplier_15");
        assertThat(Variants.of(new Add(Optional.of(new PairRescale(1 << 30, 1 << 30, 30, 0, 0, 0, -32767, 32767)))))
                .extracting(Variant::name).containsExactly("multiplier_15", "type_bounds", "no_saturation");
        assertThat(Variants.of(new org.autoneural.ir.op.LastRow())).isEmpty();
    }

    // What is wrong with a dump, and what the message says.

    private void replaceInIndex(String from, String to) throws IOException {
        Path index = folder.resolve(Dump.INDEX);
        String text = Files.readString(index);
        assertThat(text).contains(from);
        Files.writeString(index, text.replace(from, to));
    }

    private Graph plain(Consumer<Map<String, Tensor>> change) {
        Graph graph = graph(form(I64, SINGLE), SMALL, 50, 100);
        Map<String, Tensor> tensors = tensors(graph, 100);
        change.accept(tensors);
        write(tensors);
        return graph;
    }

    private void refuses(Graph graph, String... message) {
        assertThatThrownBy(() -> compare(graph)).isInstanceOf(DumpException.class).hasMessageContainingAll(message)
                .hasMessageStartingWith(folder.toString());
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                Arguments.of("\"dtype\" : \"s32\"", "\"dtype\" : \"f32\"", "has dtype 'f32', allowed: [s16, s32, s64, s8, u16, u8]"),
                Arguments.of("\"value\" : \"a\"", "\"value\" : \"aa\"", "tensor aa is no input, state or computed tensor of entry point step"),
                Arguments.of("\"value\" : \"a\"", "\"value\" : \"w\"", "tensor w is a constant"),
                Arguments.of("\"value\" : \"a\"", "\"value\" : \"x\"", "is %x, which is in the run twice"),
                Arguments.of("\"value\" : \"a\"", "\"source\" : \"block.nowhere\"", "tensor block.nowhere is the source of no node"),
                Arguments.of("\"value\" : \"a\"", "\"source\" : \"block.add\"", "but the results of this source are [%c s16[24,16]]"),
                Arguments.of("\"value\" : \"a\"", "\"valu\" : \"a\"", "has neither value nor source"),
                Arguments.of("\"value\" : \"a\"", "\"value\" : 3", "value is 3, must be a text"),
                Arguments.of("[ 24, 16 ]", "[ 16, 24 ]", "is s16[16,24], must be s16[24,16]"),
                Arguments.of("[ 24, 16 ]", "[ 24, 15 ]", "has 768 bytes, s16[24,15] takes 720"),
                Arguments.of("[ 24, 16 ]", "[ 24, -16 ]", "has the extent -16, allowed: whole numbers of 0 or more"),
                Arguments.of("[ 24, 16 ]", "[ 2000000000, 2000000000, 2000000000 ]", "more than 2^31 elements"),
                Arguments.of("\"entry_point\" : \"step\"", "\"entry_point\" : \"stop\"", "no entry point 'stop'; there are [step]"),
                Arguments.of("\"entry_point\"", "\"entry\"", "run 0 has no entry_point"),
                Arguments.of("autoneural-dump", "other-dump", "format is 'other-dump', must be 'autoneural-dump'"),
                Arguments.of("\"version\" : 1", "\"version\" : 2", "version is 2, this program reads version 1"),
                Arguments.of("\"tensors\"", "\"tensor\"", "tensors is missing, must be a list"),
                Arguments.of("0-step/", "../", "there is no file '../"),
                Arguments.of("0-step/", "/etc/", "there is no file '/etc/"),
                Arguments.of("-a.bin", "-b.bin", "there is no file '0-step/"),
                Arguments.of("\"runs\"", "\"format\" : \"\", \"runs\"", "not valid JSON"),
                Arguments.of("\"runs\" :", "\"runs\"", "not valid JSON at line"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void refusesAWrongIndex(String from, String to, String message) throws IOException {
        Graph graph = plain(t -> { });
        replaceInIndex(from, to);
        refuses(graph, message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "null", "{\"format\": \"autoneural-dump\", \"version\": 1, \"runs\": []}", "{} {}", "\u0000"})
    void refusesWhatIsNoIndex(String text) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve(Dump.INDEX), text.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Dump.open(folder)).isInstanceOf(DumpException.class).hasMessageContaining(Dump.INDEX);
    }

    @Test
    void refusesAFolderWithoutIndex() {
        assertThatThrownBy(() -> Dump.open(folder)).isInstanceOf(DumpException.class).hasMessageContaining("a folder with an index.json");
    }

    @Test
    void namesAMissingInput() {
        refuses(plain(t -> t.remove("x")), "run 0 (step) lacks the input %x", "all its inputs and states");
    }

    @Test
    void namesATensorThatWasCutShort() throws IOException {
        Graph graph = plain(t -> { });
        try (Stream<Path> files = Files.list(folder.resolve("0-step"))) {
            Path b = files.filter(f -> f.toString().endsWith("-b.bin")).findFirst().orElseThrow();
            Files.write(b, new byte[767]);
        }
        refuses(graph, "tensor 3 (b)", "has 767 bytes, s16[24,16] takes 768");
    }

    @Test
    void aWriterThatDidNotFinishLeavesNoDump() {
        DumpWriter dump = DumpWriter.create(folder, "");
        assertThatThrownBy(() -> dump.tensor("x", "", x(3))).isInstanceOf(IllegalStateException.class).hasMessageContaining("call run");
        dump.run("step");
        dump.tensor("x", "", x(3));
        assertThatThrownBy(() -> Dump.open(folder)).isInstanceOf(DumpException.class).hasMessageContaining("there is no such file");
    }

    @Test
    void writesIntoEmptyFoldersOnly() {
        plain(t -> { });
        assertThatThrownBy(() -> DumpWriter.create(folder, "")).isInstanceOf(DumpException.class).hasMessageContaining("is not empty");
        Path file = folder.resolve(Dump.INDEX);
        assertThatThrownBy(() -> DumpWriter.create(file, "")).isInstanceOf(DumpException.class).hasMessageContaining("is a file");
    }
}
