package org.autoneural.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.ir.Program;
import org.autoneural.sim.kernel.ScalarKernels;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class AllocationTest {
    @TestFactory
    Stream<DynamicTest> aRunAllocatesNothing() {
        return KernelEqualityTest.OPS.entrySet().stream().map(op -> DynamicTest.dynamicTest(op.getKey(), () -> check(op.getValue().apply(new Cases(5)))));
    }

    private static void check(Cases.Case c) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (var executable = new SimExecutable(new Program(List.of(c.graph())), new ScalarKernels(), new Workers(2, 0));
                ExecutionContext context = executable.newContext()) {
            c.inputs().forEach((name, tensor) -> KernelEqualityTest.fill(context.input("main", name), tensor));
            context.run("main");
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
                context.run("main");
            }
            // Less than one small object a run: the counter itself may allocate.
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
        }
    }
}
