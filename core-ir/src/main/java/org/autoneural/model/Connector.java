package org.autoneural.model;

import java.util.List;
import org.autoneural.checkpoint.Config;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.op.Activation;

/**
 * The norm-free connector between encoder and language model (model.md A.6):
 * {@code features = linear_2(act(linear_1(featureScale * tokens)))}.
 *
 * @param module       path of the projector in the checkpoint
 * @param activation   between the two layers
 * @param bias         whether both layers have one
 * @param featureScale factor on the tokens; 1 adds no node
 */
record Connector(Weights weights, String module, Activation.Function activation, boolean bias, double featureScale) {
    private static final String FIRST = "linear_1.weight";

    /** @param section prefix of the keys, with its dot: {@code "projector_config."} */
    static Connector of(Config config, String section, Weights weights) {
        String prefix = weights.prefixOf(FIRST);
        if (config.has(section + "type")) {
            config.getString(section + "type", List.of("mlp"));
        }
        return new Connector(weights, prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1),
                config.has(section + "hidden_act") ? HiddenActivation.of(config, section + "hidden_act") : Activation.Function.SILU,
                config.getBoolean(section + "bias", weights.has(prefix + "linear_1.bias")),
                config.getDouble(section + "feature_scale", 1));
    }

    /** tokens: [T, C]; the result {@code features}: [T, D]. */
    String build(GraphBuilder graph, String tokens) {
        Scope scope = new Scope(graph, weights, module, "connector");
        String x = tokens;
        if (featureScale != 1) {
            x = scope.scaleChannels("scale", x, 1, graph.shape(x).dim(1), featureScale);
        }
        String hidden = scope.child("linear_1").linear(x, bias);
        String active = scope.addInner(new Activation(activation), "act", hidden);
        return scope.child("linear_2").named("features").linear(active, bias);
    }
}
