package org.autoneural.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.autoneural.artifact.Artifact;
import org.autoneural.artifact.ArtifactContent;
import org.autoneural.artifact.ArtifactWriter;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.StorageLayout;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Linear;
import org.autoneural.sim.kernel.KernelProviders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which weights a compiled program stores as tiles, and that it computes the same from a model file. */
class WeightLayoutTest {
    @TempDir
    Path folder;

    private static Program compiled(Graph graph) {
        SimBackend backend = new SimBackend();
        return backend.compile(new Program(List.of(graph)), backend.targets().get(0)).program();
    }

    private static Cases.Case conv(int channels, int groups) {
        Cases c = new Cases(3);
        String[] operands = c.operands(List.of(c.input(DType.S16, 1, 6, 5, channels), c.constant(DType.S8, 6, 3, 3, channels / groups)), 6, 36);
        return c.finish(new Conv2d(1, 1, List.of(1, 1, 1, 1), 1, 1, groups, Layout.NHWC, Optional.of(c.channelRescale(DType.S16, DType.S16))),
                DType.S16, operands);
    }

    private static StorageLayout layoutOfWeights(Cases.Case c) {
        Graph graph = compiled(c.graph()).entryPoints().get(0);
        return graph.constant(graph.nodes().get(0).input(1)).orElseThrow().layout();
    }

    @Test
    void convolutionsOfOneGroupAreTiles() {
        assertThat(layoutOfWeights(conv(6, 1))).isEqualTo(StorageLayout.TILE32);
        assertThat(layoutOfWeights(conv(6, 2))).isEqualTo(StorageLayout.ROW_MAJOR);
        assertThat(layoutOfWeights(conv(6, 6))).isEqualTo(StorageLayout.ROW_MAJOR);
    }

    @Test
    void aTiedEmbeddingIsStoredOnceAndReadByBoth() {
        for (DType type : List.of(DType.S4, DType.S8)) {
            Cases c = new Cases(7);
            String table = c.constant(type, 70, 37);
            String ids = c.graph.constant("ids", Tensor.ofInts(DType.S32, Shape.of(3), 0, 69, 33));
            String[] m = c.multipliers(70, 20);
            c.graph.add(new Gather(Optional.of(c.channelRescale(DType.S16, DType.S16))), List.of("rows"),
                    List.of(TensorType.of(DType.S16, 3, 37)), "gather", table, ids, m[0], m[1]);
            c.graph.output("rows");
            String[] operands = c.operands(List.of("rows", table), 70, 36);
            Cases.Case tied = c.finish(new Linear(Optional.of(c.channelRescale(DType.S16, DType.S16))), DType.S16, operands);

            Path file = folder.resolve("model.npu");
            ArtifactWriter.write(file, ArtifactContent.of(compiled(tied.graph()), Map.of(), Map.of()));
            try (Artifact artifact = Artifact.open(file)) {
                assertThat(artifact.segments()).filteredOn(s -> s.name().equals(table)).singleElement()
                        .matches(s -> s.layout() == StorageLayout.TILE32);
                Graph graph = artifact.program().entryPoints().get(0);
                TensorData read = graph.constant(table).orElseThrow();
                assertThat(Tensor.copyOf(read)).isEqualTo(tied.graph().constant(table).orElseThrow());
                Map<String, Tensor> expected = new IntegerInterpreter().run(tied.graph(), tied.inputs());
                for (String kernels : List.of("scalar", "vector")) {
                    assertThat(KernelEqualityTest.run(new Cases.Case(graph, tied.inputs()), KernelProviders.named(kernels), 2)).as(kernels)
                            .isEqualTo(expected);
                }
            }
        }
    }
}
