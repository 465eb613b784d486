package org.autoneural.quantizer;

import java.util.List;
import java.util.Set;
import org.autoneural.backend.Capabilities;
import org.autoneural.backend.Capabilities.Role;
import org.autoneural.backend.Capabilities.Rule;
import org.autoneural.ir.DType;

/** Targets to quantize for in tests: the quantizer depends on no back end. */
public final class Targets {
    private static final Rule ACTIVATION = new Rule("T-ACTIVATION", Role.ACTIVATION, Set.of(DType.S8, DType.S16), "8 or 16 bits", "test");
    private static final Rule MATMUL = new Rule("T-MATMUL", Role.MATMUL_B, Set.of(DType.S8), "8 bits", "test");
    private static final Rule WEIGHT = new Rule("T-WEIGHT", Role.WEIGHT, Set.of(DType.S4, DType.S8), "4 or 8 bits", "test");

    /** As the simulator. */
    public static final Capabilities V68_WITH_16_BIT_GAINS = new Capabilities(List.of(ACTIVATION, MATMUL, WEIGHT));
    /** As the Hexagon v68. */
    public static final Capabilities V68 = new Capabilities(List.of(ACTIVATION, MATMUL, WEIGHT,
            new Rule("T-GAMMA", Role.NORM_GAIN, Set.of(DType.S8), "gains have 8 bits", "a page of the manual")));
    /** Without 4-bit weights and 8-bit activations. */
    public static final Capabilities WIDE = new Capabilities(List.of(MATMUL,
            new Rule("W-ACTIVATION", Role.ACTIVATION, Set.of(DType.S16), "16 bits", "test"),
            new Rule("W-WEIGHT", Role.WEIGHT, Set.of(DType.S8), "no 4-bit weights", "chapter 3")));

    private Targets() {}
}
