package org.autoneural.qnn.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.PairRescale;
import org.autoneural.qnn.graph.QnnGraph;
import org.autoneural.qnn.graph.QnnProgram;
import org.autoneural.qnn.graph.QnnTensor;
import org.autoneural.qnn.graph.QnnTensor.Role;
import org.autoneural.qnn.table.HtpTable;
import org.autoneural.qnn.table.OpTable;
import org.autoneural.qnn.table.Soc;
import org.junit.jupiter.api.Test;

/** Sizes of contexts, and cuts of graphs that do not fit one. */
class ContextTest {
    private final OpTable ops = OpTable.read();

    private static HtpTable chip(long contextBytes) {
        return HtpTable.of(new Soc("small", 39, 68, 8, contextBytes, "made up for this test"));
    }

    /** Layers y = x + gelu(x * w) of 64 channels with 4096 weight bytes each; the state of each is added to the stream. */
    private static Graph layers(int count) {
        return MappingCases.graph(b -> {
            b.input("x", MappingCases.s16(0.01, 2, 64));
            for (int i = 0; i < count; i++) {
                b.input("state." + i, MappingCases.s16(0.01, 2, 64));
            }
            String x = "x";
            List<String> states = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                x = layer(b, x, i, states);
            }
            b.output(x);
            for (int i = 0; i < count; i++) {
                b.state("state." + i, states.get(i));
            }
        });
    }

    private static String layer(GraphBuilder b, String x, int i, List<String> states) {
        b.constant("table", TABLE);
        MappingCases.weights(b, "." + i, DType.S8, 64, 64);
        MappingCases.linear(b, "up." + i, x, "." + i, 64);
        b.add(new Activation(Activation.Function.GELU_TANH), List.of("act." + i), List.of(MappingCases.s16(0.01, 2, 64)), "", "up." + i, "table");
        add(b, "next." + i, "act." + i, "state." + i);
        states.add("next." + i);
        return add(b, "y." + i, x, "next." + i);
    }

    private static final Tensor TABLE = Tensor.zeros(DType.S16, Shape.of(513));

    private static String add(GraphBuilder b, String result, String left, String right) {
        Add op = new Add(Optional.of(new PairRescale(1 << 20, 1 << 20, 20, 0, 0, 0, -32_767, 32_767)));
        return b.add(op, List.of(result), List.of(MappingCases.s16(0.01, 2, 64)), "", left, right).get(0);
    }

    @Test
    void aSmallGraphIsOneContext() {
        ProgramMapping mapping = ProgramMapping.of(new Program(List.of(layers(3))), ops, chip(1 << 20));
        assertThat(mapping.sizes()).singleElement().satisfies(s -> {
            assertThat(s.graph()).isEqualTo("main");
            // 3 x (64 x 64 weights and 64 biases of 4 bytes); x, three states in and out, y; two values of 256 bytes and one Reshape of them alive
            assertThat(s.weightBytes()).isEqualTo(3 * (4096 + 256));
            assertThat(s.ioBytes()).isEqualTo(8 * 256);
            assertThat(s.activationBytes()).isEqualTo(3 * 256);
        });
        assertThat(mapping.program()).hasValueSatisfying(p -> assertThat(p.entryPoints().get(0).graphs()).hasSize(1));
    }

    @Test
    void aLargeGraphIsCutBetweenLayers() {
        Graph graph = layers(7);
        ContextSize whole = ContextSize.of(GraphMapper.map(graph, ops, chip(1 << 20)).graph().orElseThrow());
        HtpTable small = chip(whole.ioBytes() + whole.activationBytes() + 3 * (4096 + 256));
        ProgramMapping mapping = ProgramMapping.of(new Program(List.of(graph)), ops, small);
        assertThat(mapping.tooLarge()).isEmpty();
        assertThat(mapping.sizes()).extracting(ContextSize::graph).containsExactly("main.1", "main.2", "main.3");
        assertThat(mapping.sizes()).allMatch(s -> s.totalBytes() <= small.soc().contextBytes());
        QnnProgram program = mapping.program().orElseThrow();
        List<QnnGraph> parts = program.entryPoints().get(0).graphs().stream().map(program::graph).toList();
        assertThat(names(parts.get(0), Role.APP_READ)).containsExactlyInAnyOrder("next.0", "next.1", "next.2", "y.2");
        assertThat(names(parts.get(1), Role.APP_WRITE)).containsExactlyInAnyOrder("state.3", "state.4", "state.5", "y.2");
        assertThat(parts.get(1).tensor("y.2").encoding()).isEqualTo(parts.get(0).tensor("y.2").encoding());
        // nothing is lost and nothing is done twice
        Set<String> outputs = new HashSet<>();
        parts.forEach(p -> outputs.addAll(names(p, Role.APP_READ)));
        assertThat(outputs).containsAll(graph.outputs());
        assertThat(parts.stream().mapToInt(p -> p.nodes().size()).sum())
                .isEqualTo(GraphMapper.map(graph, ops, chip(1 << 20)).graph().orElseThrow().nodes().size());
    }

    private static List<String> names(QnnGraph graph, Role role) {
        return graph.tensors(role).stream().map(QnnTensor::name).toList();
    }

    @Test
    void aLayerThatIsTooLargeByItselfIsSaid() {
        Graph graph = layers(2);
        ContextSize whole = ContextSize.of(GraphMapper.map(graph, ops, chip(1 << 20)).graph().orElseThrow());
        ProgramMapping mapping = ProgramMapping.of(new Program(List.of(graph)), ops, chip(whole.ioBytes() + whole.activationBytes() + 4000));
        assertThat(mapping.tooLarge()).containsExactly("main");
        assertThat(mapping.program()).isEmpty();
    }

    @Test
    void fourBitWeightsArePackedWhereTheChipKeepsThem() {
        Graph wide = MappingCases.graph(b -> {
            b.input("x", MappingCases.s16(0.01, 2, 64));
            MappingCases.weights(b, "", DType.S4, 64, 64);
            b.output(MappingCases.linear(b, "y", "x", "", 64));
        });
        Graph narrow = MappingCases.graph(b -> {
            b.input("x", MappingCases.s16(0.01, 2, 64));
            MappingCases.weights(b, "", DType.S4, 32, 64);
            b.output(MappingCases.linear(b, "y", "x", "", 32));
        });
        assertThat(weightBytes(wide)).isEqualTo(64 * 64 / 2 + 4 * 64);
        assertThat(weightBytes(narrow)).isEqualTo(32 * 64 + 4 * 32);
    }

    private long weightBytes(Graph graph) {
        return ContextSize.of(GraphMapper.map(graph, ops, chip(1 << 20)).graph().orElseThrow()).weightBytes();
    }

    @Test
    void unknownChipsAreNamedWithThoseThereAre() {
        assertThatThrownBy(() -> HtpTable.of("sa9000")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("sa9000").hasMessageContaining("sa8295p");
    }
}
