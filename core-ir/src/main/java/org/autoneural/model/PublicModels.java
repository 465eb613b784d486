package org.autoneural.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.autoneural.checkpoint.Config;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.Stage;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * The public models that AutoNeural-VL and its baseline consist of, at full size with random weights that take no memory: what
 * the builders of this package give for the real checkpoints, without the checkpoints.
 */
public final class PublicModels {
    private static final List<Integer> ATTENDING = List.of(2, 5, 8, 10, 12, 14);
    private static final int CONTEXT_KNOWN = 128_000;

    private PublicModels() {}

    /** The MobileNetV5-300M encoder: [1, 3, size, size] to 256 tokens of 2048. */
    public static Graph mobileNetV5(int size) {
        return vision(mobileNetV5(PublicTables.mobileNetV5(0)), size);
    }

    /** The InternViT-300M encoder: [1, 3, size, size] to (size / 28)^2 tokens of 4096. */
    public static Graph internVit(int size) {
        return vision(internVit(requireCells(size), PublicTables.internVit(size, 0)), size);
    }

    /** {@code prefill} and {@code decode} of LFM2-1.2B. */
    public static List<Graph> lfm2(int chunk, int context) {
        Weights weights = Weights.of("lfm2-1.2b", PublicTables.lfm2());
        Attention attention = new Attention(32, 8, 64, OptionalDouble.of(1e-5), false, "out_proj");
        GatedMlp mlp = new GatedMlp("feed_forward", "w1", "w3", "w2");
        List<DecoderLayer> layers = IntStream.range(0, 16).mapToObj(i -> new DecoderLayer("operator_norm",
                ATTENDING.contains(i) ? attention : new ShortConvolution(false), "ffn_norm", mlp)).toList();
        return new Decoder(weights, "", Decoder.EMBEDDING, layers, 1e-5, "embedding_norm", 64, 1e6, CONTEXT_KNOWN).graphs(chunk, context);
    }

    /** {@code prefill} and {@code decode} of InternLM2-1.8B, the decoder of the baseline. */
    public static List<Graph> internLm2(int chunk, int context) {
        DecoderLayer layer = new DecoderLayer("input_layernorm", new Attention(16, 8, 128, OptionalDouble.empty(), false, "o_proj"),
                "post_attention_layernorm", new GatedMlp("mlp", "gate_proj", "up_proj", "down_proj"));
        return new Decoder(Weights.of("internlm2-1.8b", PublicTables.internLm2()), "", "lm_head.weight",
                Collections.nCopies(24, layer), 1e-5, "norm", 128, 1e6, CONTEXT_KNOWN).graphs(chunk, context);
    }

    /** AutoNeural-VL: MobileNetV5-300M, connector, LFM2-1.2B. */
    public static Program autoNeuralVl(int size, int chunk, int context) {
        Map<String, TensorData> tensors = PublicTables.mobileNetV5(2048);
        return program(visionWithConnector(mobileNetV5(tensors), tensors, size), lfm2(chunk, context));
    }

    /** The baseline, in the class of InternVL2-2B: InternViT-300M, connector, InternLM2-1.8B. */
    public static Program baselineVl(int size, int chunk, int context) {
        Map<String, TensorData> tensors = PublicTables.internVit(requireCells(size), 2048);
        return program(visionWithConnector(internVit(size, tensors), tensors, size), internLm2(chunk, context));
    }

    private static Program program(Graph vision, List<Graph> decoder) {
        return new Program(List.of(vision, decoder.get(0), decoder.get(1)));
    }

    private static int requireCells(int size) {
        if (size < 28 || size % 28 != 0) {
            throw new IllegalArgumentException("a picture of " + size + " pixels does not divide into cells of 2x2 patches of 14 pixels;"
                    + " use a multiple of 28, 448 for example");
        }
        return size;
    }

    private static VisionEncoder mobileNetV5(Map<String, TensorData> tensors) {
        return MobileNetV5.of(Config.parse("mobilenetv5-300m", "{\"vision_config\": {\"architecture\": \"mobilenetv5_300m_enc\"}}"),
                "vision_config.", Weights.of("mobilenetv5-300m", only(tensors, "tower.")));
    }

    private static VisionEncoder internVit(int size, Map<String, TensorData> tensors) {
        return VitEncoder.of(Config.parse("internvit-300m", """
                {"vision_config": {"num_attention_heads": 16, "num_hidden_layers": 24, "hidden_act": "gelu", "image_size": %d}}
                """.formatted(size)), "vision_config.", Weights.of("internvit-300m", only(tensors, "tower.")));
    }

    private static Map<String, TensorData> only(Map<String, TensorData> tensors, String prefix) {
        Map<String, TensorData> kept = new LinkedHashMap<>(tensors);
        kept.keySet().removeIf(name -> !name.startsWith(prefix));
        return kept;
    }

    private static Graph vision(VisionEncoder encoder, int size) {
        GraphBuilder graph = new GraphBuilder("vision", Stage.FLOAT);
        graph.output(encoder.build(graph, graph.input("picture", TensorType.f32(1, 3, size, size))));
        return graph.build();
    }

    private static Graph visionWithConnector(VisionEncoder encoder, Map<String, TensorData> tensors, int size) {
        GraphBuilder graph = new GraphBuilder("vision", Stage.FLOAT);
        String tokens = encoder.build(graph, graph.input("picture", TensorType.f32(1, 3, size, size)));
        Connector connector = Connector.of(Config.parse("connector", "{}"), "projector.", Weights.of("connector", only(tensors, "projector.")));
        graph.output(connector.build(graph, tokens));
        return graph.build();
    }
}
