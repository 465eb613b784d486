/**
 * Builders from a checkpoint's configuration and tensors to float graphs: MobileNetV5, the connector, LFM2, and the
 * conventional baseline (vision transformer, Qwen2). {@link org.autoneural.model.VisionLanguageModel} is the way in.
 *
 * <p>Every builder is driven by the configuration and by the shapes of the tensors; nothing about one model is wired in.
 * Every value is named after its module ({@code vision.blocks.2.3.attn.query}, {@code layers.0.conv.in_proj}), equally in
 * {@code prefill} and {@code decode}; every constant is named like its tensor in the checkpoint.
 */
package org.autoneural.model;
