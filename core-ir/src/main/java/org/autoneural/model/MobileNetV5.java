package org.autoneural.model;

import java.util.ArrayList;
import java.util.List;
import org.autoneural.checkpoint.Config;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.op.Activation;

/**
 * The MobileNetV5 encoder (model.md B): stem, stages of blocks, multi-scale fusion. Any picture size; padding is SAME.
 * Value names begin with {@code vision.}: {@code vision.stem}, {@code vision.blocks.S.B} (result of a block),
 * {@code vision.msfa} [1, C, h, w], {@code vision.tokens} [h w, C].
 */
final class MobileNetV5 implements VisionEncoder {
    private static final String STEM = "conv_stem.conv.weight";
    private static final List<String> STANDARD = List.of("mobilenetv5_300m_enc", "mobilenetv5_300m");

    private final Weights weights;
    private final String module;
    private final VisionStyle style;
    private final List<List<String>> definition;
    private final List<Integer> fusedFeatures;
    private final List<Integer> resolution;
    private final boolean stemBias;
    private final int pictureSize;

    private MobileNetV5(Weights weights, String module, VisionStyle style, List<List<String>> definition,
            List<Integer> fusedFeatures, List<Integer> resolution, boolean stemBias, int pictureSize) {
        this.weights = weights;
        this.module = module;
        this.style = style;
        this.definition = List.copyOf(definition);
        this.fusedFeatures = List.copyOf(fusedFeatures);
        this.resolution = List.copyOf(resolution);
        this.stemBias = stemBias;
        this.pictureSize = pictureSize;
    }

    /** True iff the weights hold such an encoder under some prefix. */
    static boolean isIn(Weights weights) {
        return weights.names().stream().anyMatch(n -> n.equals(STEM) || n.endsWith("." + STEM));
    }

    /**
     * The encoder that {@code section} of {@code config} describes.
     *
     * @param section prefix of the keys, with its dot: {@code "vision_config."}
     */
    static MobileNetV5 of(Config config, String section, Weights weights) {
        String prefix = weights.prefixOf(STEM);
        String module = prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
        if (config.has(section + "pad_type")) {
            config.getString(section + "pad_type", List.of("same"));
        }
        if (config.has(section + "norm")) {
            config.getString(section + "norm", List.of("rmsnorm2d"));
        }
        boolean gamma = weights.names().stream().anyMatch(n -> n.startsWith(prefix) && n.endsWith("layer_scale.gamma"));
        Activation.Function function = config.has(section + "act")
                ? HiddenActivation.of(config, section + "act") : Activation.Function.GELU_TANH;
        VisionStyle style = new VisionStyle(config.getDouble(section + "rms_norm_eps", 1e-6), function,
                config.getBoolean(section + "layer_scale", gamma));
        List<List<String>> definition = config.has(section + "arch_def") ? config.getStringLists(section + "arch_def")
                : STANDARD.contains(config.getString(section + "architecture", "")) ? StageTable.MOBILENETV5_300M : List.of();
        String resolution = section + "msfa_output_resolution";
        String fused = section + "msfa_indices";
        return new MobileNetV5(weights, module, style, definition,
                config.has(fused) ? config.getInts(fused) : List.of(-2, -1), resolution(config, resolution),
                config.getBoolean(section + "stem_bias", weights.has(prefix + "conv_stem.conv.bias")),
                size(config, section));
    }

    private static List<Integer> resolution(Config config, String key) {
        if (config.find(key).isPresent() && config.find(key).get().isArray()) {
            List<Integer> both = config.getInts(key);
            if (both.size() != 2 || both.get(0) < 1 || both.get(1) < 1) {
                throw config.unsupported(key, "a positive integer or two of them (rows, columns)");
            }
            return both;
        }
        int side = config.getPositiveInt(key, 16);
        return List.of(side, side);
    }

    /** The 300M encoder was trained at 768 x 768 (model.md B.5). */
    private static int size(Config config, String section) {
        return config.getPositiveInt(section + "image_size", 768);
    }

    @Override
    public int defaultPictureSize() {
        return pictureSize;
    }

    @Override
    public int channels() {
        return weights.shape(module.isEmpty() ? STEM : module + "." + STEM).dim(1);
    }

    @Override
    public String build(GraphBuilder graph, String picture) {
        Scope scope = new Scope(graph, weights, module, "vision");
        List<String> features = new ArrayList<>();
        Scope stem = scope.child("conv_stem");
        Scope norm = stem.child("bn");
        String x = style.norm(norm, stem.child("conv").conv2d(picture, 2, 1, stemBias));
        x = norm.named("vision.stem").activation(x, style.activation());
        features.add(x);
        List<List<VisionBlock>> stages = definition.isEmpty() ? StageTable.detect(style, scope)
                : StageTable.parse(definition, style, scope);
        for (int s = 0; s < stages.size(); s++) {
            for (int b = 0; b < stages.get(s).size(); b++) {
                x = stages.get(s).get(b).build(scope.child("blocks." + s + "." + b), x);
            }
            features.add(x);
        }
        List<String> fused = fusedFeatures.stream().map(i -> features.get(feature(i, features.size()))).toList();
        MultiScaleFusion fusion = new MultiScaleFusion(style, resolution.get(0), resolution.get(1));
        String map = fusion.build(scope.child("msfa"), fused); // [1, C, rows, columns]
        return scope.child("msfa").named("vision.tokens").toRows(map);
    }

    /** Index among [stem, stage 0, stage 1, ...]; negative ones count from the end. */
    private int feature(int index, int count) {
        int i = index < 0 ? index + count : index;
        if (i < 0 || i >= count) {
            throw weights.fail("msfa_indices holds " + index + ", but the encoder has " + count
                    + " feature maps (stem and stages)", "Give indices from " + -count + " to " + (count - 1) + ".");
        }
        return i;
    }
}
