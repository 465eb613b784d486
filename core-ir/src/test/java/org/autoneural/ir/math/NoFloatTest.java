package org.autoneural.ir.math;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NoFloatTest {
    @Test
    void theRunTimeArithmeticHasNoFloatingPoint() {
        assertThat(NoFloatInstructions.in(Rescale.class, "org.autoneural.ir.math")).isEmpty();
    }

    @Test
    void theCheckFindsFloatingPointWhereItIs() {
        assertThat(NoFloatInstructions.in(Rescale.class, "org.autoneural.ir.math.encode"))
                .anyMatch(line -> line.contains("Activations.sigmoid") && line.contains("instruction"))
                .anyMatch(line -> line.contains("StrictMath.exp"))
                .anyMatch(line -> line.contains("constant"));
    }
}
