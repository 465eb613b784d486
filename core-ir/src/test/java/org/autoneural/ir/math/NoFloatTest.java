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

    @Test
    void theMathHasOnePackageForTheRunTimeAndOneForSetUp() {
        assertThat(NoFloatInstructions.packages(Rescale.class, "org.autoneural.ir.math"))
                .containsExactly("org.autoneural.ir.math", "org.autoneural.ir.math.encode");
    }

    @Test
    void theCheckOfOneClassLooksAtItsMethods() {
        assertThat(NoFloatInstructions.inMethodsOf(org.autoneural.ir.math.encode.Activations.class))
                .anyMatch(line -> line.contains("Activations.sigmoid"));
    }
}
