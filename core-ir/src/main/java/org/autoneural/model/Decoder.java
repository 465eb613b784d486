package org.autoneural.model;

import java.util.ArrayList;
import java.util.List;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Stage;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.LastRow;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.SelectRows;

/**
 * A decoder-only language model with rotary positions, as entry points {@code prefill} (a chunk of N tokens) and
 * {@code decode} (one token) over one set of constants. Values of the same name in both are the same tensor.
 *
 * <p>{@code prefill}: {@code ids} s32[N], {@code features} [N, D] (rows of visual tokens, where {@code image_mask} is 1),
 * {@code image_mask} u8[N], {@code pos} s32[1], {@code n_valid} s32[1], states; gives {@code logits} [1, V] of row
 * n_valid - 1 and the new states. {@code decode}: {@code ids} s32[1], {@code pos} s32[1], states.
 *
 * @param module      path of the model in the checkpoint
 * @param head        name of the tensor [V, D] that gives the logits (the embedding table when tied)
 * @param layers      in order
 * @param epsilon     of the norms over D
 * @param finalNorm   name of the norm before the head
 * @param headWidth   d of the attention heads
 * @param ropeTheta   base of the rotary frequencies
 * @param maxPosition positions that the model knows
 */
record Decoder(Weights weights, String module, String head, List<DecoderLayer> layers, double epsilon, String finalNorm,
        int headWidth, double ropeTheta, int maxPosition) {
    static final String EMBEDDING = "embed_tokens.weight";

    Decoder {
        layers = List.copyOf(layers);
    }

    /** V: rows of the head. */
    int vocabulary() {
        return weights.shape(head).dim(0);
    }

    /** D. */
    int width() {
        return weights.shape(module.isEmpty() ? EMBEDDING : module + "." + EMBEDDING).dim(-1);
    }

    /** {@code prefill} and {@code decode}. */
    List<Graph> graphs(int chunk, int context) {
        RopeTables tables = RopeTables.of(ropeTheta, headWidth, context);
        return List.of(prefill(chunk, context, tables), decode(context, tables));
    }

    private Graph prefill(int chunk, int context, RopeTables tables) {
        GraphBuilder graph = new GraphBuilder("prefill", Stage.FLOAT);
        graph.input("ids", TensorType.of(DType.S32, chunk));
        graph.input("features", TensorType.f32(chunk, width()));
        graph.input("image_mask", TensorType.of(DType.U8, chunk));
        graph.input("pos", TensorType.of(DType.S32, 1));
        graph.input("n_valid", TensorType.of(DType.S32, 1));
        TokenInputs tokens = tokens(graph, "n_valid", context, tables);
        String inputs = graph.add(new SelectRows(), "inputs_embeds", module, "image_mask", "features", embed(graph));
        String hidden = layers(graph, inputs, tokens);
        finish(graph, graph.add(new LastRow(), "last_hidden", module, hidden, "n_valid"), tokens);
        return graph.build();
    }

    private Graph decode(int context, RopeTables tables) {
        GraphBuilder graph = new GraphBuilder("decode", Stage.FLOAT);
        graph.input("ids", TensorType.of(DType.S32, 1));
        graph.input("pos", TensorType.of(DType.S32, 1));
        graph.constant("one", weights.derived("one", () -> Tensor.index(1)));
        TokenInputs tokens = tokens(graph, "one", context, tables);
        finish(graph, layers(graph, embed(graph), tokens), tokens);
        return graph.build();
    }

    private Scope scope(GraphBuilder graph) {
        return new Scope(graph, weights, module, "");
    }

    private static TokenInputs tokens(GraphBuilder graph, String nValid, int context, RopeTables tables) {
        return new TokenInputs("pos", nValid, graph.constant("rope.cos", tables.cos()), graph.constant("rope.sin", tables.sin()),
                context, new ArrayList<>());
    }

    private String embed(GraphBuilder graph) {
        Scope scope = scope(graph);
        return graph.add(Gather.of(), "embeddings", scope.tensor("embed_tokens"), scope.constant(EMBEDDING), "ids");
    }

    private String layers(GraphBuilder graph, String x, TokenInputs tokens) {
        String hidden = x;
        for (int i = 0; i < layers.size(); i++) {
            hidden = layers.get(i).build(scope(graph).child("layers." + i), hidden, epsilon, tokens);
        }
        return hidden;
    }

    /** last: [1, D]; adds the final norm, the logits and the outputs. */
    private void finish(GraphBuilder graph, String last, TokenInputs tokens) {
        String normed = scope(graph).child(finalNorm).named("final_norm").rmsNorm(last, 1, epsilon);
        String source = head.substring(0, head.length() - ".weight".length());
        graph.output(graph.add(Linear.of(), "logits", source, normed, graph.constant(head, weights.get(head))));
        for (StateBinding state : tokens.states()) {
            graph.state(state.input(), state.output());
        }
    }
}
