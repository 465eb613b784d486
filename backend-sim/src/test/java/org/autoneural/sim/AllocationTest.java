package org.autoneural.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.ir.Program;
import org.autoneural.sim.kernel.ScalarKernels;
import org.junit.jupiter.api.Test;

class AllocationTest {
    @Test
    void aRunAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Cases.Case c = KernelEqualityTest.conv(new Cases(5));
        try (var executable = new SimExecutable(new Program(List.of(c.graph())), new ScalarKernels(), new Workers(2, 0));
                ExecutionContext context = executable.newContext()) {
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
