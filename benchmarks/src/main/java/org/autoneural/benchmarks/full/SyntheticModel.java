package org.autoneural.benchmarks.full;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.autoneural.checkpoint.SafetensorsDType;
import org.autoneural.checkpoint.SafetensorsWriter;
import org.autoneural.ir.Shape;

/** The models of full size whose weights are made by formula, and their checkpoints in safetensors form. */
enum SyntheticModel {
    /** MobileNetV5-300M, connector and LFM2-1.2B: 1.47 B parameters, 2.9 GB. */
    AUTONEURAL_1_5B(2048, 32, 8192, 12288),
    /** LFM2-350M alone: 354 M parameters, 0.7 GB. */
    LFM2_350M(1024, 16, 4608, 6656);

    private static final long SHARD_BYTES = 1L << 30;
    private static final int VOCABULARY = 65_536;
    private static final int LAYERS = 16;
    private static final int KEY_VALUE_HEADS = 8;
    private static final List<Integer> ATTENTION = List.of(2, 5, 8, 10, 12, 14);

    private final int width;
    private final int heads;
    private final int mlpWidth;
    private final int configuredMlpWidth;

    SyntheticModel(int width, int heads, int mlpWidth, int configuredMlpWidth) {
        this.width = width;
        this.heads = heads;
        this.mlpWidth = mlpWidth;
        this.configuredMlpWidth = configuredMlpWidth;
    }

    /** Name of the model, and of its folder: {@code autoneural-1.5b}. */
    String text() {
        return this == AUTONEURAL_1_5B ? "autoneural-1.5b" : "lfm2-350m";
    }

    static SyntheticModel named(String name) {
        for (SyntheticModel model : values()) {
            if (model.text().equals(name.toLowerCase(Locale.ROOT))) {
                return model;
            }
        }
        throw new IllegalArgumentException("no synthetic model '" + name + "'; there are autoneural-1.5b and lfm2-350m");
    }

    /** All tensors, in the order of the modules. */
    List<SyntheticTensor> tensors() {
        List<SyntheticTensor> all = new ArrayList<>();
        if (this == AUTONEURAL_1_5B) {
            all.addAll(EncoderTensors.all("model.vision_tower.timm_model."));
            for (String layer : List.of("linear_1", "linear_2")) {
                add(all, "model.multi_modal_projector." + layer + ".weight", width, width);
                add(all, "model.multi_modal_projector." + layer + ".bias", width);
            }
        }
        add(all, "model.embed_tokens.weight", VOCABULARY, width);
        for (int i = 0; i < LAYERS; i++) {
            addLayer(all, "model.layers." + i + ".", ATTENTION.contains(i));
        }
        add(all, "model.embedding_norm.weight", width);
        return all;
    }

    private void addLayer(List<SyntheticTensor> all, String p, boolean attends) {
        int headWidth = width / heads;
        if (attends) {
            add(all, p + "self_attn.q_proj.weight", width, width);
            add(all, p + "self_attn.k_proj.weight", KEY_VALUE_HEADS * headWidth, width);
            add(all, p + "self_attn.v_proj.weight", KEY_VALUE_HEADS * headWidth, width);
            add(all, p + "self_attn.out_proj.weight", width, width);
            add(all, p + "self_attn.q_layernorm.weight", headWidth);
            add(all, p + "self_attn.k_layernorm.weight", headWidth);
        } else {
            add(all, p + "conv.conv.weight", width, 1, 3);
            add(all, p + "conv.in_proj.weight", 3 * width, width);
            add(all, p + "conv.out_proj.weight", width, width);
        }
        add(all, p + "feed_forward.w1.weight", mlpWidth, width);
        add(all, p + "feed_forward.w3.weight", mlpWidth, width);
        add(all, p + "feed_forward.w2.weight", width, mlpWidth);
        add(all, p + "operator_norm.weight", width);
        add(all, p + "ffn_norm.weight", width);
    }

    private static void add(List<SyntheticTensor> all, String name, int... shape) {
        all.add(new SyntheticTensor(name, Shape.of(shape)));
    }

    /** Writes the checkpoint to {@code folder}: shards of at most 1 GiB, their index, config.json last. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        List<List<SyntheticTensor>> shards = shards();
        JsonMapper json = new JsonMapper();
        ObjectNode index = json.createObjectNode();
        index.putObject("metadata").put("total_size", tensors().stream().mapToLong(SyntheticTensor::sizeBytes).sum());
        ObjectNode places = index.putObject("weight_map");
        for (int i = 0; i < shards.size(); i++) {
            String file = shards.size() == 1 ? "model.safetensors"
                    : String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
            SafetensorsWriter.write(folder.resolve(file), Map.of("format", "pt"), shards.get(i).stream()
                    .map(t -> new SafetensorsWriter.Tensor(t.name(), SafetensorsDType.BF16, t.shape(), t::writeTo)).toList());
            shards.get(i).forEach(t -> places.put(t.name(), file));
            System.out.println("wrote " + folder.resolve(file));
        }
        if (shards.size() > 1) {
            json.writerWithDefaultPrettyPrinter().writeValue(folder.resolve("model.safetensors.index.json").toFile(), index);
        }
        json.writerWithDefaultPrettyPrinter().writeValue(folder.resolve("config.json").toFile(), config(json));
    }

    /** Writes config.json and a checkpoint of the right names and shapes whose elements are holes: what {@code check} needs. */
    void writeStructure(Path folder) throws IOException {
        Files.createDirectories(folder);
        SafetensorsWriter.writeStructure(folder.resolve("model.safetensors"), tensors().stream()
                .map(t -> new SafetensorsWriter.Tensor(t.name(), SafetensorsDType.BF16, t.shape(), t::writeTo)).toList());
        JsonMapper json = new JsonMapper();
        json.writerWithDefaultPrettyPrinter().writeValue(folder.resolve("config.json").toFile(), config(json));
    }

    private List<List<SyntheticTensor>> shards() {
        List<List<SyntheticTensor>> shards = new ArrayList<>(List.of(new ArrayList<>()));
        long size = 0;
        for (SyntheticTensor tensor : tensors()) {
            if (size > 0 && size + tensor.sizeBytes() > SHARD_BYTES) {
                shards.add(new ArrayList<>());
                size = 0;
            }
            shards.get(shards.size() - 1).add(tensor);
            size += tensor.sizeBytes();
        }
        return shards;
    }

    private ObjectNode config(JsonMapper json) {
        ObjectNode decoder = json.createObjectNode();
        decoder.put("model_type", "lfm2").put("vocab_size", VOCABULARY).put("hidden_size", width)
                .put("block_ff_dim", configuredMlpWidth).put("block_multiple_of", 256).put("block_ffn_dim_multiplier", 1.0)
                .put("block_auto_adjust_ff_dim", true).put("num_hidden_layers", LAYERS).put("num_attention_heads", heads)
                .put("num_key_value_heads", KEY_VALUE_HEADS).put("max_position_embeddings", 128_000).put("norm_eps", 1e-5)
                .put("rope_theta", 1_000_000.0).put("conv_bias", false).put("conv_L_cache", 3).put("tie_word_embeddings", true)
                .put("bos_token_id", 1).put("eos_token_id", 7).put("pad_token_id", 0).put("torch_dtype", "bfloat16");
        ArrayNode types = decoder.putArray("layer_types");
        for (int i = 0; i < LAYERS; i++) {
            types.add(ATTENTION.contains(i) ? "full_attention" : "conv");
        }
        if (this != AUTONEURAL_1_5B) {
            return decoder;
        }
        ObjectNode all = json.createObjectNode().put("model_type", "autoneural");
        all.set("text_config", decoder);
        all.putObject("vision_config").put("model_type", "gemma3n_vision").put("architecture", "mobilenetv5_300m_enc")
                .put("image_size", 768).put("hidden_size", 2048).put("num_tokens", 256);
        all.putObject("projector").put("type", "mlp").put("hidden_act", "silu").put("in_features", 2048)
                .put("hidden_features", 2048).put("out_features", 2048);
        return all;
    }
}
