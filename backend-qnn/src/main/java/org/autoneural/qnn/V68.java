package org.autoneural.qnn;

import java.util.List;
import java.util.Set;
import org.autoneural.backend.Capabilities;
import org.autoneural.backend.Capabilities.Role;
import org.autoneural.backend.Capabilities.Rule;
import org.autoneural.ir.DType;

/**
 * What a Hexagon v68 (SA8295P) can execute, as data. Every limit names where it is written; where sources contradict each other
 * both stand here. None was measured on a device by us.
 */
final class V68 {
    /** One context must stay below this: the chip's DSP addresses 32 bits, of which some are taken. */
    static final long CONTEXT_BYTES = 3L << 30;
    /** Most axes of a tensor. */
    static final int MAX_RANK = 5;
    /** Most axes of operands of matrix products. */
    static final int MAX_PRODUCT_RANK = 4;
    /** Fixed scale of a 16-bit sigmoid or tanh result, as a power of two. */
    static final int UNIT_SCALE_LOG2 = -15;

    private static final String SUPPLEMENT = "Qualcomm QNN HTP op definition supplement";
    private static final String EXECUTORCH = "ExecuTorch Qualcomm back end, v68 test list (recorded on SM8350)";

    static final Capabilities CAPABILITIES = new Capabilities(List.of(
            new Rule("V68-ACTIVATION", Role.ACTIVATION, Set.of(DType.S8, DType.S16), "Activations of quantized graphs have 8 or 16 bits", SUPPLEMENT),
            new Rule("V68-MATMUL", Role.MATMUL_B, Set.of(DType.S8),
                    "The second operand of a product of two activations is 8 bits wide; 16 bits need v73", SUPPLEMENT + "; " + EXECUTORCH),
            new Rule("V68-WEIGHT16", Role.WEIGHT, Set.of(DType.S4, DType.S8),
                    "Weights of convolutions and linear layers have 4 or 8 bits; 16 need v73", SUPPLEMENT),
            new Rule("V68-INT4", "4-bit weights have one scale an output channel, symmetric; no blocks (those need v69, or v79 by older documents)",
                    EXECUTORCH + ": A16W4 conv2d and linear are delegated; AI Hub refuses w4a16 exports for SA8295P; the AutoNeural paper reports W4A16 there"),
            new Rule("V68-GAMMA", Role.NORM_GAIN, Set.of(DType.S8), "The gain of a norm has 8 bits; 16 need v73",
                    SUPPLEMENT + " (layer norm); " + EXECUTORCH + " (both norms with 8-bit gain)"),
            new Rule("V68-DEPTHWISE", "A depthwise convolution is dilated only at stride 1 (or 3x3 at stride 2 with dilation 2)", SUPPLEMENT),
            new Rule("V68-RANK", "Tensors have at most 5 axes, operands of products at most 4", SUPPLEMENT),
            new Rule("V68-UNIT-SCALE", "A 16-bit sigmoid or tanh has scale 2^-15 and zero point 0", SUPPLEMENT),
            new Rule("V68-CONTEXT", "A context stays below 3 GiB; entry points share no weights (that needs v73)",
                    "ExecuTorch issue 18862, onnxruntime-qnn PR 752 and 606; QNN SDK documentation"),
            new Rule("V68-CONV1D", "There is no 1-D convolution; it becomes a 2-D one of height 1", SUPPLEMENT)));

    private V68() {
    }
}
