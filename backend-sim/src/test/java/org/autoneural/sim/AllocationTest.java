package org.autoneural.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.ir.DType;
import org.autoneural.ir.Program;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.sim.kernel.KernelProviders;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A run allocates nothing; with vector kernels, once they are compiled: a vector that C2 fails to keep in a register is an object. */
class AllocationTest {
    /** Bytes in a whole round of runs: less than one small object a run, since the counter itself may allocate. */
    private static final long ALLOWED_BYTES = 1000;
    private static final int RUNS_PER_ROUND = 100;
    private static final int CLEAN_ROUNDS = 3;
    /** Rounds by which C2 has compiled every loop, however busy the machine. */
    private static final int MAX_ROUNDS = 400;

    /** Layers of the shapes of the built-in model, where the loops run long enough to be compiled by themselves. */
    private static final Map<String, Function<Cases, Cases.Case>> LAYERS = layers();

    private static Map<String, Function<Cases, Cases.Case>> layers() {
        Map<String, Function<Cases, Cases.Case>> layers = new LinkedHashMap<>();
        layers.put("linear s4 [1, 192] -> 512", c -> linear(c, DType.S4, 1, 192, 512));
        layers.put("linear s4 [1, 512] -> 192", c -> linear(c, DType.S4, 1, 512, 192));
        layers.put("linear s8 [1, 192] -> 512", c -> linear(c, DType.S8, 1, 192, 512));
        layers.put("linear s4 [31, 192] -> 576", c -> linear(c, DType.S4, 31, 192, 576));
        layers.put("linear s8 [64, 64] -> 128", c -> linear(c, DType.S8, 64, 64, 128));
        layers.put("linear s8 [40, 576] -> 192", c -> linear(c, DType.S8, 40, 576, 192));
        layers.put("linear s8 of s8 [40, 192] -> 128", c -> linear(c, DType.S8, DType.S8, 40, 192, 128));
        layers.put("conv 3x3 [16, 16, 32] -> 64", c -> conv(c, 16, 32, 64, 3, 1));
        layers.put("depthwise 3x3 [16, 16, 128]", c -> conv(c, 16, 128, 128, 3, 128));
        layers.put("depthwise 5x5 [16, 16, 128]", c -> conv(c, 16, 128, 128, 5, 128));
        layers.put("matmul [6, 31, 32] x [2, 64, 32]", c -> matmul(c, 31, 32, 64, true));
        layers.put("matmul [6, 1, 32] x [2, 64, 32]", c -> matmul(c, 1, 32, 64, true));
        layers.put("matmul [6, 31, 64] x [2, 64, 32]", c -> matmul(c, 31, 64, 32, false));
        return layers;
    }

    private static Cases.Case linear(Cases c, DType weight, int rows, int k, int o) {
        return linear(c, DType.S16, weight, rows, k, o);
    }

    private static Cases.Case linear(Cases c, DType x, DType weight, int rows, int k, int o) {
        String[] operands = c.operands(List.of(c.input(x, rows, k), c.constant(weight, o, k)), o, 36);
        return c.finish(new Linear(Optional.of(c.channelRescale(x, DType.S16))), DType.S16, operands);
    }

    private static Cases.Case conv(Cases c, int size, int in, int out, int k, int groups) {
        String[] operands = c.operands(List.of(c.input(DType.S16, 1, size, size, in), c.constant(DType.S8, out, k, k, in / groups)), out, 36);
        List<Integer> pads = List.of(k / 2, k / 2, k / 2, k / 2);
        return c.finish(new Conv2d(1, 1, pads, 1, 1, groups, Layout.NHWC, Optional.of(c.channelRescale(DType.S16, DType.S16))), DType.S16,
                operands);
    }

    private static Cases.Case matmul(Cases c, int m, int k, int n, boolean transposed) {
        String a = c.input(DType.S16, 6, m, k);
        String b = transposed ? c.input(DType.S8, 2, n, k) : c.input(DType.S8, 2, k, n);
        return c.finish(new MatMul(transposed, false, Optional.of(c.productRescale(DType.S16, DType.S8, DType.S16, 40))), DType.S16, a, b);
    }

    @TestFactory
    Stream<DynamicTest> aRunAllocatesNothing() {
        return tests(KernelEqualityTest.OPS, "scalar", 1);
    }

    @TestFactory
    Stream<DynamicTest> aRunOfCompiledVectorKernelsAllocatesNothing() {
        return tests(LAYERS, "vector", MAX_ROUNDS);
    }

    private static Stream<DynamicTest> tests(Map<String, Function<Cases, Cases.Case>> cases, String kernels, int rounds) {
        return cases.entrySet().stream().map(e -> DynamicTest.dynamicTest(e.getKey(), () -> check(e.getValue().apply(new Cases(5)), kernels, rounds)));
    }

    /** The last of at most {@code rounds} must be clean; it is the last when it completes {@link #CLEAN_ROUNDS} clean ones in a row. */
    private static void check(Cases.Case c, String kernels, int rounds) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (var executable = new SimExecutable(new Program(List.of(c.graph())), KernelProviders.named(kernels), new Workers(2, 0));
                ExecutionContext context = executable.newContext()) {
            c.inputs().forEach((name, tensor) -> KernelEqualityTest.fill(context.input("main", name), tensor));
            context.run("main");
            int clean = 0;
            long bytes = 0;
            for (int round = 0; round < rounds && clean < CLEAN_ROUNDS; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < RUNS_PER_ROUND; i++) {
                    context.run("main");
                }
                bytes = threads.getCurrentThreadAllocatedBytes() - before;
                clean = bytes < ALLOWED_BYTES ? clean + 1 : 0;
            }
            assertThat(clean).as("clean rounds in a row; the last round of %d runs allocated %d bytes", RUNS_PER_ROUND, bytes)
                    .isEqualTo(Math.min(rounds, CLEAN_ROUNDS));
        }
    }
}
