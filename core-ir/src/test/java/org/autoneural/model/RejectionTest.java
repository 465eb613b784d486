package org.autoneural.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.autoneural.checkpoint.Checkpoint;
import org.autoneural.checkpoint.CheckpointException;
import org.autoneural.checkpoint.CheckpointTensor;
import org.autoneural.checkpoint.Safetensors;
import org.autoneural.checkpoint.SafetensorsWriter;
import org.autoneural.ir.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints that are not what they say: the message names the place, what was found and what is allowed. */
class RejectionTest {
    @TempDir
    private Path folder;

    /** Builds cockpit-tiny with {@code from} replaced by {@code to} in config.json. */
    private void build(String from, String to) throws IOException {
        Path model = ModelFixtures.builtIn("cockpit-tiny");
        if (!Files.exists(folder.resolve("model.safetensors"))) {
            Files.copy(model.resolve("model.safetensors"), folder.resolve("model.safetensors"));
        }
        Files.copy(model.resolve("preprocessor_config.json"), folder.resolve("preprocessor_config.json"));
        String config = Files.readString(model.resolve("config.json"));
        assertThat(config).contains(from);
        Files.writeString(folder.resolve("config.json"), config.replace(from, to));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            VisionLanguageModel.open(checkpoint).floatProgram(ModelFixtures.options(4, 8));
        }
    }

    /** Writes the tensors of cockpit-tiny but {@code dropped}, and {@code added} [2, 2]. */
    private void weights(String dropped, String added) throws IOException {
        List<SafetensorsWriter.Tensor> tensors = new ArrayList<>();
        try (Safetensors file = Safetensors.open(ModelFixtures.builtIn("cockpit-tiny").resolve("model.safetensors"))) {
            for (String name : file.tensors()) {
                if (!name.equals(dropped)) {
                    CheckpointTensor tensor = file.tensor(name);
                    tensors.add(SafetensorsWriter.Tensor.ofBfloats(name, tensor.shape(), tensor::getFloat));
                }
            }
            if (!added.isEmpty()) {
                tensors.add(SafetensorsWriter.Tensor.ofBfloats(added, Shape.of(2, 2), i -> 0));
            }
            SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), tensors);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "\"model_type\": \"lfm2\" | \"model_type\": \"mamba2\" | text_config.model_type 'mamba2'",
        "\"model_type\": \"lfm2\" | \"model_type\": \"mamba2\" | lfm2 or qwen2",
        "er_r1_k3_s1_e2_c32 | er_r1_k5_s1_e2_c32 | blocks.0.1.conv_exp.weight has shape [64,32,3,3], but in 'er_r1_k5_s1_e2_c32' of arch_def k is 5",
        "uir_r1_a3_k0_s1_e2_c64 | uir_r1_a3_k0_s1_e2_c65 | but in 'uir_r1_a3_k0_s1_e2_c65' of arch_def c is 65",
        "uir_r1_a3_k5_s2_e2_c64 | uir_r1_a3_k0_s2_e2_c64 | k is 0, which leaves it out",
        "mqa_r1_k3_h8_s1_d32_c256 | mqa_r1_k3_h9_s1_d32_c256 | h times d is 288",
        "mqa_r1_k3_h8_s1_d32_c256 | cn_r1_k3_s1_c256 | unknown block 'cn'",
        "er_r1_k3_s1_e2_c32 | er_r1_k3_s1_e2_c32_x2 | unknown part 'x2'",
        "er_r1_k3_s1_e2_c32 | er_r99999999999_k3_s1_e2_c32 | '99999999999' is no whole number in range",
        "er_r1_k3_s1_e2_c32 | er_r2000000000_k3_s1_e2_c32 | blocks.0.2.conv_exp.weight",
        "\"pad_type\": \"same\" | \"pad_type\": \"\" | vision_config.pad_type is \"\"",
        "\"act\": \"gelu_tanh\" | \"act\": \"relu6\" | vision_config.act",
        "\"msfa_output_resolution\": 4 | \"msfa_output_resolution\": 2 | image_seq_length",
        "\"hidden_act\": \"silu\" | \"hidden_act\": \"relu\" | projector_config.hidden_act",
        "\"conv_bias\": false | \"conv_bias\": true | model.layers.0.conv.in_proj.bias",
        "\"layer_scale\": true | \"layer_scale\": false | layer_scale.gamma",
        "\"num_attention_heads\": 6 | \"num_attention_heads\": 4 | self_attn",
        "\"num_attention_heads\": 6 | \"num_attention_heads\": 5 | num_attention_heads",
        "\"num_hidden_layers\": 6 | \"num_hidden_layers\": 5 | layer_types",
        "\"num_hidden_layers\": 6 | \"num_hidden_layers\": 2000000000 | num_hidden_layers is 2000000000; expected at most 1000",
        "\"image_size\": 128 | \"image_size\": 2000000000 | image_size is 2000000000",
        "\"tie_word_embeddings\": true | \"tie_word_embeddings\": false | lm_head.weight",
        "\"rope_theta\": 10000.0 | \"rope_scaling\": {\"rope_type\": \"yarn\"}, \"rope_theta\": 10000.0 | rope_scaling.rope_type"})
    void configThatDoesNotFit(String from, String to, String message) {
        assertThatThrownBy(() -> build(from, to)).isInstanceOfAny(ModelException.class, CheckpointException.class)
                .hasMessageContaining(message).hasMessageContaining(folder.toString());
    }

    @Test
    void aMissingTensor() throws IOException {
        weights("model.layers.3.feed_forward.w3.weight", "");
        assertThatThrownBy(() -> build("\"lfm2\"", "\"lfm2\"")).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("model.layers.3.feed_forward.w3.weight").hasMessageContaining("missing");
    }

    @Test
    void anExtraTensor() throws IOException {
        weights("", "model.layers.3.adapter.weight");
        assertThatThrownBy(() -> build("\"lfm2\"", "\"lfm2\"")).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("model.layers.3.adapter.weight");
    }

    @Test
    void twoStems() throws IOException {
        weights("", "other.conv_stem.conv.weight");
        assertThatThrownBy(() -> build("\"lfm2\"", "\"lfm2\"")).isInstanceOf(ModelException.class)
                .hasMessageContaining("model.vision_tower.timm_model.").hasMessageContaining("other.");
    }

    @Test
    void noEncoder() throws IOException {
        weights("model.vision_tower.timm_model.conv_stem.conv.weight", "");
        assertThatThrownBy(() -> build("\"lfm2\"", "\"lfm2\"")).isInstanceOf(ModelException.class)
                .hasMessageContaining("no known vision encoder").hasMessageContaining("gemma3n_vision").hasMessageContaining("MobileNetV5");
    }

    @Test
    void optionsOutOfRange() {
        assertThatThrownBy(() -> ModelFixtures.options(0, 8)).hasMessageContaining("chunk 0");
        assertThatThrownBy(() -> ModelFixtures.options(9, 8)).hasMessageContaining("1 <= chunk <= context");
        assertThatThrownBy(() -> new VisionLanguageModel.Options(1, 8, OptionalInt.of(0))).hasMessageContaining("picture size 0");
        assertThatThrownBy(() -> new VisionLanguageModel.Options(1, 8, OptionalInt.of(1 << 20))).hasMessageContaining("1 to 16384");
        VisionLanguageModel model = ModelFixtures.open("cockpit-tiny");
        assertThatThrownBy(() -> model.floatProgram(ModelFixtures.options(1, 4096))).isInstanceOf(ModelException.class)
                .hasMessageContaining("4096").hasMessageContaining("2048");
    }

    @Test
    void theTransformersPositionsAreNotInterpolated() {
        VisionLanguageModel model = ModelFixtures.open("cockpit-tiny-baseline");
        assertThatThrownBy(() -> model.floatProgram(new VisionLanguageModel.Options(1, 8, OptionalInt.of(160))))
                .isInstanceOf(ModelException.class).hasMessageContaining("position_embedding").hasMessageContaining("100 tokens");
        assertThatThrownBy(() -> model.floatProgram(new VisionLanguageModel.Options(1, 8, OptionalInt.of(144))))
                .isInstanceOf(ModelException.class).hasMessageContaining("144x144").hasMessageContaining("multiple of 32");
    }
}
