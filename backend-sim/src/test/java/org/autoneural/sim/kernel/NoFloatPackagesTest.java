package org.autoneural.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.autoneural.ir.math.NoFloatInstructions;
import org.junit.jupiter.api.Test;

/** Whatever package the back end has or gets: all of it is plan, executor or kernel, and works with integers alone. */
class NoFloatPackagesTest {
    @Test
    void noPackageOfTheBackEndHasFloatingPoint() {
        assertThat(NoFloatInstructions.packages(Kernel.class, "org.autoneural.sim")).hasSizeGreaterThanOrEqualTo(4)
                .allSatisfy(name -> assertThat(NoFloatInstructions.in(Kernel.class, name)).isEmpty());
    }
}
