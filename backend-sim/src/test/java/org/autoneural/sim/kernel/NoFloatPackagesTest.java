package org.autoneural.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.autoneural.ir.math.NoFloatInstructions;
import org.junit.jupiter.api.Test;

/**
 * Whatever package the back end has or gets: all of it is plan, executor or kernel, and works with integers alone; but for the
 * latency model, which computes times and touches no tensor.
 */
class NoFloatPackagesTest {
    @Test
    void noPackageOfTheBackEndHasFloatingPoint() {
        assertThat(NoFloatInstructions.packages(Kernel.class, "org.autoneural.sim"))
                .filteredOn(name -> !name.equals("org.autoneural.sim.cost")).hasSizeGreaterThanOrEqualTo(4)
                .allSatisfy(name -> assertThat(NoFloatInstructions.in(Kernel.class, name)).isEmpty());
    }
}
