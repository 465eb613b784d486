package org.autoneural.model;

import java.util.List;
import org.autoneural.checkpoint.Config;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Shape;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.Transpose;

/**
 * The baseline's encoder, a vision transformer with InternViT's tensor names (model.md A.9): patches, learned positions,
 * pre-norm blocks, class token dropped, then {@code shuffle} x {@code shuffle} patches become one token (space to depth;
 * channels in the order row in cell, column in cell, channel).
 */
final class VitEncoder implements VisionEncoder {
    private static final String PATCHES = "embeddings.patch_embedding.weight";

    private final Weights weights;
    private final String module;
    private final VitBlock block;
    private final int layers;
    private final boolean classToken;
    private final int shuffle;
    private final int pictureSize;

    private VitEncoder(Weights weights, String module, VitBlock block, int layers, boolean classToken, int shuffle, int pictureSize) {
        this.weights = weights;
        this.module = module;
        this.block = block;
        this.layers = layers;
        this.classToken = classToken;
        this.shuffle = shuffle;
        this.pictureSize = pictureSize;
    }

    /** True iff the weights hold such an encoder under some prefix. */
    static boolean isIn(Weights weights) {
        return weights.names().stream().anyMatch(n -> n.equals(PATCHES) || n.endsWith("." + PATCHES));
    }

    /** @param section prefix of the keys, with its dot: {@code "vision_config."} */
    static VitEncoder of(Config config, String section, Weights weights) {
        String prefix = weights.prefixOf(PATCHES);
        if (config.getBoolean(section + "final_norm", false)) {
            throw config.unsupported(section + "final_norm", "false: an encoder whose tokens leave without a norm");
        }
        VitBlock block = new VitBlock(config.getPositiveInt(section + "num_attention_heads"),
                config.getDouble(section + "layer_norm_eps", 1e-6), HiddenActivation.of(config, section + "hidden_act"),
                config.getBoolean(section + "qkv_bias", true), config.getBoolean(section + "layer_scale", true));
        return new VitEncoder(weights, prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1), block,
                config.getPositiveInt(section + "num_hidden_layers"),
                config.getBoolean(section + "class_token", weights.has(prefix + "embeddings.class_embedding")),
                config.getPositiveInt(section + "pixel_shuffle", 2), config.getPositiveInt(section + "image_size"));
    }

    @Override
    public int defaultPictureSize() {
        return pictureSize;
    }

    @Override
    public int channels() {
        return weights.shape(module.isEmpty() ? PATCHES : module + "." + PATCHES).dim(1);
    }

    @Override
    public String build(GraphBuilder graph, String picture) {
        Scope scope = new Scope(graph, weights, module, "vision");
        Scope patches = scope.child("embeddings").child("patch_embedding");
        Shape kernel = patches.shape("weight"); // [C, channels, p, p]
        Shape in = graph.shape(picture);
        int rows = in.dim(2) / kernel.dim(2);
        int columns = in.dim(3) / kernel.dim(3);
        if (in.dim(2) % kernel.dim(2) != 0 || in.dim(3) % kernel.dim(3) != 0 || rows % shuffle != 0 || columns % shuffle != 0) {
            throw scope.fail("a picture of " + in.dim(2) + "x" + in.dim(3) + " does not divide into cells of " + shuffle + "x"
                    + shuffle + " patches of " + kernel.dim(2) + " pixels", "Use a multiple of " + shuffle * kernel.dim(2) + ".");
        }
        String map = patches.add(Conv2d.of(kernel.dim(2), List.of(0, 0, 0, 0), 1, Layout.NCHW), picture,
                patches.constant("weight"), patches.constant("bias"));
        String x = positions(scope, patches.named(patches.value() + ".rows").toRows(map)); // [N (+ 1), C]
        for (int i = 0; i < layers; i++) {
            x = block.build(scope.child("encoder.layers." + i), x);
        }
        if (classToken) {
            x = scope.addInner(new Slice(0, 1, rows * columns + 1), "patches", x);
        }
        return cells(scope, x, rows, columns);
    }

    /** patches: [N, C]; puts the class token before them, if any, and adds the learned positions. */
    private String positions(Scope scope, String patches) {
        Scope embeddings = scope.child("embeddings");
        int width = scope.graph().shape(patches).dim(1);
        String x = classToken ? embeddings.addInner(new Concat(0), "with_class",
                embeddings.constant("class_embedding", 1, width), patches) : patches;
        int tokens = scope.graph().shape(x).dim(0);
        Shape table = embeddings.shape("position_embedding");
        if (table.elements() != (long) tokens * width) {
            throw scope.fail("tensor " + embeddings.tensor("position_embedding") + " has shape " + table + ", but the picture gives "
                    + tokens + " tokens of " + width, "Use the picture size of config.json; positions are not interpolated.");
        }
        return embeddings.add(Add.of(), x, embeddings.constant("position_embedding", tokens, width));
    }

    /** [rows * columns, C] to [T, shuffle^2 * C]: token (i, j) holds the patches of its cell, row by row. */
    private String cells(Scope scope, String x, int rows, int columns) {
        int width = scope.graph().shape(x).dim(1);
        String split = scope.addInner(Reshape.to(rows / shuffle, shuffle, columns / shuffle, shuffle * width), "cells.split", x);
        String cells = scope.addInner(Transpose.of(0, 2, 1, 3), "cells", split);
        return scope.addInner(Reshape.to(rows / shuffle * (columns / shuffle), shuffle * shuffle * width), "tokens", cells);
    }
}
