package org.autoneural.sim.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.Stage;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.Requantize;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.TensorRescale;
import org.junit.jupiter.api.Test;

class MemoryPlannerTest {
    private static final Requantize SAME = new Requantize(new TensorRescale(1 << 30, 30, Rounding.SINGLE, 0, 0, -32767, 32767));

    @Test
    void noTwoLiveTensorsShareMemory() {
        for (int seed = 0; seed < 200; seed++) {
            MemoryPlan plan = MemoryPlanner.plan(new Program(List.of(randomGraph("a", seed), randomGraph("b", seed + 1000))));
            for (GraphPlan graph : plan.graphs()) {
                List<Placement> own = graph.placements().values().stream().filter(p -> !p.isView()).toList();
                for (int i = 0; i < own.size(); i++) {
                    Placement p = own.get(i);
                    assertThat(p.offset() + p.length()).as("seed %d: %s", seed, p).isLessThanOrEqualTo(
                            (p.region() == Region.WORK ? graph.work() : graph.exchange()).get(p.arena()));
                    for (Placement other : own.subList(i + 1, own.size())) {
                        assertThat(p.overlaps(other) && (p.livesWith(other) || p.region() != Region.WORK))
                                .as("seed %d: %s and %s", seed, p, other).isFalse();
                    }
                }
            }
        }
    }

    /** Work memory goes to other runs: what is read after the run lies elsewhere. */
    @Test
    void inputsAndOutputsAreNotWorkMemory() {
        Graph graph = randomGraph("a", 7);
        GraphPlan plan = MemoryPlanner.plan(new Program(List.of(graph))).graph("a");
        for (String value : graph.inputs()) {
            assertThat(plan.placement(value).region()).isEqualTo(Region.EXCHANGE);
        }
        for (String value : graph.outputs()) {
            assertThat(plan.placement(value).region()).isEqualTo(Region.EXCHANGE);
        }
    }

    @Test
    void memoryIsUsedAgain() {
        GraphBuilder b = new GraphBuilder("main", Stage.INTEGER);
        String value = b.input("x", TensorType.of(DType.S16, 1000));
        for (int i = 0; i < 20; i++) {
            value = b.add(SAME, "y" + i, "", value);
        }
        b.output(value);
        MemoryPlan plan = MemoryPlanner.plan(new Program(List.of(b.build())));
        // The input and the output; two tensors in turn. Offsets are rounded up to 64 bytes.
        assertThat(Arena.sizeBytes(plan.graph("main").exchange())).isEqualTo(2 * 2 * 1024);
        assertThat(Arena.sizeBytes(plan.graph("main").work())).isEqualTo(2 * (1024 + 1000));
    }

    @Test
    void aStateThatNothingReadsAfterwardsIsUpdatedInPlace() {
        MemoryPlan plan = MemoryPlanner.plan(new Program(List.of(cacheGraph(false))));
        assertThat(plan.graph("main").stateCopies()).isEmpty();
        assertThat(plan.graph("main").placement("next").storage()).isEqualTo("cache");
    }

    @Test
    void aStateThatIsStillReadIsCopied() {
        MemoryPlan plan = MemoryPlanner.plan(new Program(List.of(cacheGraph(true))));
        assertThat(plan.graph("main").stateCopies()).containsExactly(new StateBinding("cache", "next"));
        assertThat(plan.graph("main").placement("next").overlaps(plan.states().get("cache"))).isFalse();
    }

    @Test
    void aReshapeIsAView() {
        GraphBuilder b = new GraphBuilder("main", Stage.INTEGER);
        b.input("x", TensorType.of(DType.S8, 4, 6));
        b.add(SAME, "y", "", "x");
        b.add(Reshape.to(24), "z", "", "y");
        b.output(b.add(SAME, "out", "", "z"));
        GraphPlan plan = MemoryPlanner.plan(new Program(List.of(b.build()))).graph("main");
        assertThat(plan.placement("z").offset()).isEqualTo(plan.placement("y").offset());
        assertThat(plan.placement("y").last()).isEqualTo(2);
    }

    @Test
    void thePlanPrints() {
        assertThat(MemoryPlanner.plan(new Program(List.of(cacheGraph(true)))).text()).isEqualTo("""
                states 64 bytes
                entry point main: inputs and outputs 320 bytes, work 0 bytes
                  state    bytes           0 +36        steps   -1..2    %cache s8[2,9,2]
                  exchange bytes           0 +4         steps   -1..2    %fresh s8[1,2,2]
                  exchange ints            0 +1         steps   -1..2    %pos s32[1]
                  exchange ints           16 +1         steps   -1..2    %one s32[1]
                  exchange bytes          64 +36        steps    0..2    %next s8[2,9,2]
                  exchange bytes         128 +36        steps    1..2    %old s8[2,9,2]
                  copy %next to state %cache
                """);
    }

    @Test
    void entryPointsMustAgreeOnAState() {
        GraphBuilder b = new GraphBuilder("other", Stage.INTEGER);
        b.input("cache", TensorType.of(DType.S8, 2, 8, 2));
        b.state("cache", b.add(SAME, "next", "", "cache"));
        assertThatThrownBy(() -> MemoryPlanner.plan(new Program(List.of(cacheGraph(false), b.build()))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("%cache").hasMessageContaining("s8[2,8,2]");
    }

    private static Graph cacheGraph(boolean readAfterwards) {
        GraphBuilder b = new GraphBuilder("main", Stage.INTEGER);
        b.input("cache", TensorType.of(DType.S8, 2, 9, 2));
        b.input("fresh", TensorType.of(DType.S8, 1, 2, 2));
        b.input("pos", TensorType.of(DType.S32, 1));
        b.input("one", TensorType.of(DType.S32, 1));
        b.state("cache", b.add(new KvAppend(), "next", "", "cache", "fresh", "pos", "one"));
        b.output(b.add(SAME, "old", "", readAfterwards ? "cache" : "next"));
        return b.build();
    }

    /** Nodes of several types and sizes that read any value made before. */
    private static Graph randomGraph(String name, long seed) {
        Random r = new Random(seed);
        GraphBuilder b = new GraphBuilder(name, Stage.INTEGER);
        List<String> values = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            values.add(b.input(name + ".in" + i, TensorType.of(r.nextBoolean() ? DType.S8 : DType.S16, 1 + r.nextInt(300))));
        }
        for (int i = 0; i < 30; i++) {
            String x = values.get(r.nextInt(values.size()));
            int n = b.shape(x).dim(0);
            String y = name + ".v" + i;
            switch (r.nextInt(4)) {
                case 0 -> b.add(new Reshape(List.of(n)), y, "", x);
                case 1 -> b.add(new Slice(0, n / 2, n), y, "", x);
                case 2 -> b.add(new Concat(0), y, "", x, x);
                default -> b.add(SAME, List.of(y), List.of(TensorType.of(r.nextBoolean() ? DType.S8 : DType.S16, n)), "", x);
            }
            values.add(y);
        }
        b.output(values.get(values.size() - 1));
        b.output(values.get(values.size() - 5));
        return b.build();
    }
}
