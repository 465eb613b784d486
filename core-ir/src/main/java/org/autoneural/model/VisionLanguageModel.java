package org.autoneural.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.autoneural.checkpoint.Checkpoint;
import org.autoneural.checkpoint.Config;
import org.autoneural.checkpoint.WeightCheck;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.Stage;
import org.autoneural.ir.TensorType;

/**
 * A vision-language model as a float program: entry points {@code vision}, {@code prefill} and {@code decode} (model.md A, F).
 * Encoders: MobileNetV5 (any stage table) and InternViT-like; decoders: LFM2 and Qwen2; between them a two-layer connector.
 */
public final class VisionLanguageModel {
    private static final String TEXT = "text_config.";
    private static final String VISION = "vision_config.";
    private static final String SUPPORTED = "Supported are encoders MobileNetV5 (tensors conv_stem.*, blocks.*, msfa.*) and InternViT"
            + " (tensors embeddings.patch_embedding.*, encoder.layers.*), and decoders with text_config.model_type lfm2 or qwen2.";

    private final Checkpoint checkpoint;
    private final Config config;
    private final Weights weights;
    private final VisionEncoder encoder;
    private final Connector connector;
    private final Decoder decoder;

    private VisionLanguageModel(Checkpoint checkpoint, Config config, Weights weights, VisionEncoder encoder,
            Connector connector, Decoder decoder) {
        this.checkpoint = checkpoint;
        this.config = config;
        this.weights = weights;
        this.encoder = encoder;
        this.connector = connector;
        this.decoder = decoder;
    }

    /**
     * Sizes that are fixed when graphs are built.
     *
     * @param chunk       N: tokens of one prefill, at least 1
     * @param context     tokens that the caches hold, at least {@code chunk} and at most what the model was made for
     * @param pictureSize height and width of the picture, 1 to 16384 pixels; empty: the configuration's
     */
    public record Options(int chunk, int context, OptionalInt pictureSize) {
        private static final int MOST_PIXELS = 16_384;

        public Options {
            if (chunk < 1 || context < chunk) {
                throw new IllegalArgumentException("chunk " + chunk + " and context " + context
                        + " must satisfy 1 <= chunk <= context");
            }
            if (pictureSize.isPresent() && (pictureSize.getAsInt() < 1 || pictureSize.getAsInt() > MOST_PIXELS)) {
                throw new IllegalArgumentException("picture size " + pictureSize.getAsInt() + " must be 1 to " + MOST_PIXELS + " pixels");
            }
        }
    }

    /**
     * Reads the configuration and finds the parts; the graphs are built by {@link #floatProgram}.
     *
     * @throws ModelException naming what the checkpoint is and what is supported
     * @throws org.autoneural.checkpoint.CheckpointException when a file, key or tensor is missing or of the wrong kind
     */
    public static VisionLanguageModel open(Checkpoint checkpoint) {
        Config config = checkpoint.config();
        Weights weights = Weights.of(checkpoint);
        return new VisionLanguageModel(checkpoint, config, weights, encoder(config, weights),
                Connector.of(config, config.has("projector") ? "projector." : "projector_config.", weights),
                decoder(config, weights));
    }

    private static VisionEncoder encoder(Config config, Weights weights) {
        if (MobileNetV5.isIn(weights)) {
            return MobileNetV5.of(config, VISION, weights);
        }
        if (VitEncoder.isIn(weights)) {
            return VitEncoder.of(config, VISION, weights);
        }
        throw weights.fail("the tensors hold no known vision encoder (model_type " + quoted(config, "model_type")
                + ", vision_config.model_type " + quoted(config, VISION + "model_type") + ")", SUPPORTED);
    }

    private static Decoder decoder(Config config, Weights weights) {
        return switch (config.getString(TEXT + "model_type", "")) {
            case "lfm2" -> Lfm2.of(config, TEXT, weights);
            case "qwen2" -> Qwen2.of(config, TEXT, weights);
            default -> throw weights.fail("config.json describes no known decoder (model_type " + quoted(config, "model_type")
                    + ", text_config.model_type " + quoted(config, TEXT + "model_type") + ")", SUPPORTED);
        };
    }

    private static String quoted(Config config, String key) {
        return config.has(key) ? "'" + config.getString(key) + "'" : "missing";
    }

    /**
     * The float graphs {@code vision}, {@code prefill} and {@code decode}.
     *
     * @throws ModelException when configuration and tensors do not fit each other, or tensors are left over
     */
    public Program floatProgram(Options options) {
        if (options.context() > decoder.maxPosition()) {
            throw weights.fail("a context of " + options.context() + " tokens exceeds the model's max_position_embeddings, "
                    + decoder.maxPosition(), "Choose a smaller context.");
        }
        try {
            List<Graph> graphs = new ArrayList<>(List.of(vision(options)));
            graphs.addAll(decoder.graphs(options.chunk(), options.context()));
            requireFit(graphs.get(0), options);
            WeightCheck.requireAllUsed(checkpoint, weights.used());
            return new Program(graphs);
        } catch (IllegalArgumentException e) {
            throw new ModelException(checkpoint.folder().toString(), "configuration and tensors do not fit each other: "
                    + e.getMessage(), "Check that config.json belongs to these weights.", e);
        }
    }

    private Graph vision(Options options) {
        GraphBuilder graph = new GraphBuilder("vision", Stage.FLOAT);
        int size = options.pictureSize().orElse(encoder.defaultPictureSize());
        if (size > Options.MOST_PIXELS) {
            throw config.unsupported(VISION + "image_size", "at most " + Options.MOST_PIXELS);
        }
        String image = graph.input("image", TensorType.of(DType.U8, 1, size, size, encoder.channels()));
        PictureNormalization normalization =
                PictureNormalization.of(checkpoint.json(PictureNormalization.FILE), encoder.channels());
        graph.output(connector.build(graph, encoder.build(graph, normalization.build(graph, image))));
        return graph.build();
    }

    private void requireFit(Graph vision, Options options) {
        int tokens = vision.type("features").shape().dim(0);
        int width = vision.type("features").shape().dim(1);
        if (width != decoder.width()) {
            throw weights.fail("the connector gives rows of " + width + ", the decoder takes rows of " + decoder.width(),
                    "Check that config.json belongs to these weights.");
        }
        if (options.pictureSize().isEmpty() && config.getInt("image_seq_length", tokens) != tokens) {
            throw config.unsupported("image_seq_length", tokens + ", what the encoder gives for a picture of "
                    + encoder.defaultPictureSize() + " pixels");
        }
    }

    /** What a runtime must know besides {@code program}, which {@link #floatProgram} gave. */
    public ModelFacts facts(Program program) {
        Graph vision = program.entryPoint("vision");
        Graph prefill = program.entryPoint("prefill");
        List<Integer> image = vision.type("image").shape().dims();
        int tokens = vision.type("features").shape().dim(0);
        return new ModelFacts(image.get(1), image.get(2), image.get(3), tokens, id("image_token_id", "image_token_index"),
                id("bos_token_id"), endIds(), id("pad_token_id"), decoder.vocabulary(), decoder.width(),
                prefill.type("ids").shape().dim(0), prefill.type("rope.cos").shape().dim(0));
    }

    private OptionalInt id(String... keys) {
        for (String key : keys) {
            for (String section : List.of("", TEXT)) {
                if (config.has(section + key)) {
                    return OptionalInt.of(config.getInt(section + key));
                }
            }
        }
        return OptionalInt.empty();
    }

    /** {@code eos_token_id} of generation_config.json, else of config.json: a number or a list. */
    private List<Integer> endIds() {
        String key = "eos_token_id";
        Optional<Config> generation = checkpoint.json("generation_config.json");
        if (generation.isPresent() && generation.get().has(key)) {
            return ids(generation.get(), key);
        }
        for (String section : List.of("", TEXT)) {
            if (config.has(section + key)) {
                return ids(config, section + key);
            }
        }
        return List.of();
    }

    private static List<Integer> ids(Config config, String key) {
        return config.find(key).orElseThrow().isArray() ? config.getInts(key) : List.of(config.getInt(key));
    }
}
