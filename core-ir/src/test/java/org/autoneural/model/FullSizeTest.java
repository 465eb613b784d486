package org.autoneural.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.autoneural.checkpoint.Config;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Node;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.verify.Verifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Published models at full size, from shapes alone: tensors, parameters and multiply-adds as published. */
class FullSizeTest {
    @TempDir
    private Path folder;

    private Config config(String json) throws Exception {
        return Config.read(Files.writeString(folder.resolve("config.json"), json));
    }

    private static long parameters(Weights weights) {
        return weights.used().stream().mapToLong(n -> weights.shape(n).elements()).sum();
    }

    private static long parameters(Weights weights, String prefix) {
        return weights.used().stream().filter(n -> n.startsWith(PublishedModels.TOWER + prefix))
                .mapToLong(n -> weights.shape(n).elements()).sum();
    }

    /** Multiply-adds of matrix products and 2-D convolutions. */
    private static long macs(Graph graph, Predicate<Node> counted) {
        return graph.nodes().stream().filter(counted).mapToLong(n -> n.op().cost(graph.types(n.inputs()), graph.types(n.outputs())).macs()).sum();
    }

    private static Graph vision(MobileNetV5 encoder, int size) {
        GraphBuilder graph = new GraphBuilder("vision", Stage.FLOAT);
        graph.output(encoder.build(graph, graph.input("picture", TensorType.f32(1, 3, size, size))));
        return Verifier.check(graph.build());
    }

    @Test
    void mobileNetV5At768() throws Exception {
        ShapeOnly.Table table = PublishedModels.mobileNetV5();
        assertThat(table.size()).isEqualTo(548);
        Weights weights = table.weights();
        MobileNetV5 encoder = MobileNetV5.of(config("{\"vision_config\": {\"architecture\": \"mobilenetv5_300m_enc\"}}"),
                "vision_config.", weights);
        assertThat(encoder.defaultPictureSize()).isEqualTo(768);
        Graph graph = vision(encoder, 768);
        assertThat(graph.type("vision.tokens").shape()).isEqualTo(Shape.of(256, 2048));
        assertThat(graph.type("vision.blocks.1.0.pw_exp.conv").shape()).isEqualTo(Shape.of(1, 768, 192, 192));
        assertThat(graph.type("vision.blocks.2.9.attn.scores").shape()).isEqualTo(Shape.of(12, 2304, 576));
        assertThat(graph.type("vision.blocks.3.1.attn.scores").shape()).isEqualTo(Shape.of(16, 576, 576));
        assertThat(weights.used()).hasSize(548);
        assertThat(parameters(weights)).isEqualTo(294_126_912);
        assertThat(parameters(weights, "conv_stem")).isEqualTo(1_856);
        assertThat(parameters(weights, "blocks.0")).isEqualTo(1_492_608);
        assertThat(parameters(weights, "blocks.1")).isEqualTo(2_439_168);
        assertThat(parameters(weights, "blocks.2")).isEqualTo(63_407_744);
        assertThat(parameters(weights, "blocks.3")).isEqualTo(211_540_480);
        assertThat(parameters(weights, "msfa")).isEqualTo(15_245_056);
        // model.md B.7, in units of 10^9
        assertGiga(macs(graph, n -> true), 435.741);
        assertGiga(macs(graph, n -> n.name().startsWith("vision.conv_stem")), 0.255);
        assertGiga(macs(graph, n -> n.name().startsWith("vision.blocks.0.")), 54.962);
        assertGiga(macs(graph, n -> n.name().startsWith("vision.blocks.1.")), 25.143);
        assertGiga(macs(graph, n -> n.name().startsWith("vision.blocks.2.") && n.op() instanceof Conv2d), 146.341);
        assertGiga(macs(graph, n -> n.name().startsWith("vision.blocks.2.") && n.op() instanceof MatMul), 28.538);
        assertGiga(macs(graph, n -> n.name().startsWith("vision.blocks.3.") && n.op() instanceof Conv2d), 126.031);
        assertGiga(macs(graph, n -> n.name().startsWith("vision.blocks.3.") && n.op() instanceof MatMul), 19.365);
        assertGiga(macs(graph, n -> n.name().startsWith("vision.msfa")), 35.106);
    }

    @ParameterizedTest
    @CsvSource({"256, 43.685", "512, 181.835"})
    void mobileNetV5AtOtherSizes(int size, double giga) throws Exception {
        MobileNetV5 encoder = MobileNetV5.of(config("{\"vision_config\": {\"architecture\": \"mobilenetv5_300m_enc\"}}"),
                "vision_config.", PublishedModels.mobileNetV5().weights());
        Graph graph = vision(encoder, size);
        assertThat(graph.type("vision.tokens").shape()).isEqualTo(Shape.of(256, 2048));
        assertGiga(macs(graph, n -> true), giga);
    }

    @Test
    void stagesDetectedFromTheTensorsAreTheStandardOnes() throws Exception {
        MobileNetV5 known = MobileNetV5.of(config("{\"vision_config\": {\"architecture\": \"mobilenetv5_300m_enc\"}}"),
                "vision_config.", PublishedModels.mobileNetV5().weights());
        MobileNetV5 detected = MobileNetV5.of(config("{}"), "vision_config.", PublishedModels.mobileNetV5().weights());
        assertThat(vision(detected, 256).nodes()).isEqualTo(vision(known, 256).nodes());
    }

    private static void assertGiga(long macs, double expected) {
        assertThat(macs / 1e9).isCloseTo(expected, within(0.00051));
    }

    private static String lfm2(int width, int heads, int layers, String attention) {
        return """
                {"model_type": "lfm2", "hidden_size": %d, "num_attention_heads": %d, "num_key_value_heads": 8,
                 "num_hidden_layers": %d, "full_attn_idxs": [%s], "rope_parameters": {"rope_theta": 1e6, "rope_type": "default"},
                 "norm_eps": 1e-5, "max_position_embeddings": 128000, "conv_bias": false, "tie_embedding": true}
                """.formatted(width, heads, layers, attention);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "1024 | 16 |  4608 | 16 | 2,5,8,10,12,14       | 148 |   354483968",
        "1536 | 24 |  6912 | 16 | 2,5,8,10,12,14       | 148 |   742489344",
        "2048 | 32 |  8192 | 16 | 2,5,8,10,12,14       | 148 |  1170340608",
        "2048 | 32 | 10752 | 30 | 2,5,9,13,17,21,24,27 | 266 |  2569272320"})
    void lfm2Parameters(int width, int heads, int ffn, int layers, String attention, int tensors, long parameters) throws Exception {
        List<Integer> indices = List.of(attention.split(",")).stream().map(Integer::valueOf).toList();
        ShapeOnly.Table table = PublishedModels.lfm2("model.", width, heads, 8, ffn, layers, indices);
        assertThat(table.size()).isEqualTo(tensors);
        Weights weights = table.weights();
        Decoder decoder = Lfm2.of(config(lfm2(width, heads, layers, attention)), "", weights);
        List<Graph> graphs = decoder.graphs(128, 4096);
        graphs.forEach(Verifier::check);
        assertThat(weights.used()).hasSize(tensors);
        assertThat(parameters(weights)).isEqualTo(parameters);
        assertThat(graphs.get(0).states()).hasSize(layers + indices.size());
        assertThat(graphs.get(0).type("layers.2.k_cache").shape()).isEqualTo(Shape.of(8, 4096, 64));
        assertThat(graphs.get(0).type("layers.0.conv.state").shape()).isEqualTo(Shape.of(2, width));
        assertThat(graphs.get(1).type("logits").shape()).isEqualTo(Shape.of(1, 65536));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1024, 4096})
    void lfm2Decoding(int context) throws Exception {
        Decoder decoder = Lfm2.of(config(lfm2(2048, 32, 16, "2,5,8,10,12,14")), "",
                PublishedModels.lfm2("model.", 2048, 32, 8, 8192, 16, List.of(2, 5, 8, 10, 12, 14)).weights());
        Graph decode = decoder.graphs(1, context).get(1);
        // model.md C.4: per token 1,036,054,528 in the layers (10 x 2048 x 3 of them in the short convolutions), the logits, and
        // 24,576 for each cached token.
        assertThat(macs(decode, n -> n.op() instanceof CausalConv1d)).isEqualTo(61_440);
        assertThat(macs(decode, n -> n.op() instanceof Linear && !n.name().equals("logits") || n.op() instanceof CausalConv1d))
                .isEqualTo(1_036_054_528L);
        assertThat(macs(decode, n -> n.name().equals("logits"))).isEqualTo(134_217_728);
        assertThat(macs(decode, n -> n.op() instanceof MatMul)).isEqualTo(24_576L * context);
    }

    @Test
    void lfm2UnderTheWrapperOfAVisionLanguageModel() throws Exception {
        ShapeOnly.Table table = PublishedModels.lfm2("model.language_model.", 1024, 16, 8, 4608, 16, List.of(2, 5, 8, 10, 12, 14));
        table.add("lm_head.weight", 70000, 1024);
        Weights weights = table.weights();
        Decoder decoder = Lfm2.of(config(lfm2(1024, 16, 16, "2,5,8,10,12,14")), "", weights);
        Graph decode = decoder.graphs(1, 8).get(1);
        assertThat(decode.producer("layers.0.conv.in_proj").orElseThrow().source()).isEqualTo("model.language_model.layers.0.conv.in_proj");
        assertThat(decode.constants()).containsKey("model.language_model.layers.0.conv.in_proj.weight");
        assertThat(decode.producer("logits").orElseThrow().input(1)).isEqualTo("lm_head.weight");
        assertThat(decode.type("logits").shape()).isEqualTo(Shape.of(1, 70000));
        assertThat(weights.used()).hasSize(149);
    }

    @Test
    void convolutionBiases() throws Exception {
        ShapeOnly.Table table = PublishedModels.lfm2("model.", 1024, 16, 8, 4608, 1, List.of());
        String conv = "model.layers.0.conv.";
        table.add(conv + "in_proj.bias", 3072).add(conv + "conv.bias", 1024).add(conv + "out_proj.bias", 1024);
        Weights weights = table.weights();
        Decoder decoder = Lfm2.of(config(lfm2(1024, 16, 1, "").replace("\"conv_bias\": false", "\"conv_bias\": true")), "", weights);
        decoder.graphs(4, 8).forEach(Verifier::check);
        assertThat(weights.used()).containsExactlyInAnyOrderElementsOf(weights.names());
    }

    @Test
    void internViTWithItsClassToken() throws Exception {
        // InternViT-300M-448 (model.md A.9): 1024 patches and a class token, 256 tokens of 4 x 1024 channels.
        ShapeOnly.Table t = new ShapeOnly.Table();
        t.add("vision_model.embeddings.class_embedding", 1, 1, 1024).add("vision_model.embeddings.position_embedding", 1, 1025, 1024)
                .add("vision_model.embeddings.patch_embedding.weight", 1024, 3, 14, 14)
                .add("vision_model.embeddings.patch_embedding.bias", 1024);
        for (int i = 0; i < 24; i++) {
            String layer = "vision_model.encoder.layers." + i + ".";
            t.add(layer + "norm1.weight", 1024).add(layer + "norm1.bias", 1024).add(layer + "norm2.weight", 1024)
                    .add(layer + "norm2.bias", 1024).add(layer + "ls1", 1024).add(layer + "ls2", 1024)
                    .add(layer + "attn.qkv.weight", 3072, 1024).add(layer + "attn.qkv.bias", 3072)
                    .add(layer + "attn.proj.weight", 1024, 1024).add(layer + "attn.proj.bias", 1024)
                    .add(layer + "mlp.fc1.weight", 4096, 1024).add(layer + "mlp.fc1.bias", 4096)
                    .add(layer + "mlp.fc2.weight", 1024, 4096).add(layer + "mlp.fc2.bias", 1024);
        }
        Weights weights = t.weights();
        VitEncoder encoder = VitEncoder.of(config("""
                {"vision_config": {"image_size": 448, "num_hidden_layers": 24, "num_attention_heads": 16, "hidden_act": "gelu"}}
                """), "vision_config.", weights);
        GraphBuilder builder = new GraphBuilder("vision", Stage.FLOAT);
        builder.output(encoder.build(builder, builder.input("picture", TensorType.f32(1, 3, 448, 448))));
        Graph graph = Verifier.check(builder.build());
        assertThat(graph.type("vision.encoder.layers.23").shape()).isEqualTo(Shape.of(1025, 1024));
        assertThat(graph.type("vision.tokens").shape()).isEqualTo(Shape.of(256, 4096));
        assertThat(weights.used()).containsExactlyInAnyOrderElementsOf(weights.names());
        // 24 blocks of 12 C^2 + 13 C and two gains; patches and positions.
        assertThat(parameters(weights)).isEqualTo(24L * (12 * 1024 * 1024 + 13 * 1024 + 2 * 1024) + 1024 * 589 + 1026 * 1024);
    }
}
