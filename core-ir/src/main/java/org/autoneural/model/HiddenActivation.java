package org.autoneural.model;

import java.util.List;
import org.autoneural.checkpoint.Config;
import org.autoneural.ir.op.Activation;

/** Names of activations in configuration files. */
final class HiddenActivation {
    private static final List<String> NAMES = List.of("gelu", "gelu_tanh", "gelu_pytorch_tanh", "silu", "swish");

    private HiddenActivation() {}

    /** The function that {@code key} names; an error listing the known names otherwise. */
    static Activation.Function of(Config config, String key) {
        return switch (config.getString(key, NAMES)) {
            case "gelu" -> Activation.Function.GELU_ERF;
            case "silu", "swish" -> Activation.Function.SILU;
            default -> Activation.Function.GELU_TANH;
        };
    }
}
