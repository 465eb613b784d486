package org.autoneural.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.autoneural.ir.math.NoFloatInstructions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoFloatInKernelsTest {
    @ParameterizedTest
    @ValueSource(strings = {"org.autoneural.sim", "org.autoneural.sim.plan", "org.autoneural.sim.kernel", "org.autoneural.sim.kernel.vector"})
    void kernelsPlanAndExecutorHaveNoFloatingPoint(String packageName) {
        assertThat(NoFloatInstructions.in(Kernel.class, packageName))
                .filteredOn(found -> !found.startsWith(NoFloatPackagesTest.EXACT_FLOATS)).isEmpty();
    }
}
