package org.autoneural.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.autoneural.ir.math.NoFloatInstructions;
import org.junit.jupiter.api.Test;

/**
 * Whatever package the back end has or gets: all of it is plan, executor or kernel, and works with integers alone; but for the
 * latency model, which computes times and touches no tensor, and the one class whose floats hold nothing but integers that a float
 * holds exactly.
 */
class NoFloatPackagesTest {
    static final String EXACT_FLOATS = "org.autoneural.sim.kernel.vector.FloatProduct.";

    @Test
    void noPackageOfTheBackEndHasFloatingPoint() {
        assertThat(NoFloatInstructions.packages(Kernel.class, "org.autoneural.sim"))
                .filteredOn(name -> !name.equals("org.autoneural.sim.cost")).hasSizeGreaterThanOrEqualTo(4)
                .allSatisfy(name -> assertThat(NoFloatInstructions.in(Kernel.class, name))
                        .filteredOn(found -> !found.startsWith(EXACT_FLOATS)).isEmpty());
    }
}
