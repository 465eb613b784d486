package org.autoneural.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.autoneural.ir.Shape;

/**
 * The blocks of an encoder, stage by stage: from architecture strings (model.md B.2) or, without them, from the names of the
 * tensors (B.8).
 */
final class StageTable {
    /** MobileNetV5-300M, timm's {@code mobilenetv5_300m_enc} (model.md B.2). */
    static final List<List<String>> MOBILENETV5_300M = List.of(
            List.of("er_r1_k3_s2_e4_c128", "er_r2_k3_s1_e4_c128"),
            List.of("uir_r1_a3_k5_s2_e6_c256", "uir_r1_a5_k0_s1_e4_c256", "uir_r1_a3_k0_s1_e4_c256",
                    "uir_r1_a5_k0_s1_e4_c256", "uir_r1_a3_k0_s1_e4_c256"),
            alternating(List.of("uir_r1_a5_k5_s2_e6_c640", "uir_r7_a5_k0_s1_e4_c640", "uir_r1_a0_k0_s1_e1_c640"),
                    14, "mqa_r1_k3_h12_v2_s1_d64_c640", "uir_r1_a0_k0_s1_e2_c640"),
            alternating(List.of("uir_r1_a5_k5_s2_e6_c1280"),
                    19, "mqa_r1_k3_h16_s1_d96_c1280", "uir_r1_a0_k0_s1_e2_c1280"));

    private static final Pattern ATTRIBUTE = Pattern.compile("([a-z])([0-9]+(?:\\.[0-9]+)?)");
    private static final String REMEDY = "Check that arch_def in config.json belongs to these weights.";

    private StageTable() {}

    private static List<String> alternating(List<String> head, int times, String a, String b) {
        List<String> all = new ArrayList<>(head);
        Collections.nCopies(times, List.of(a, b)).forEach(all::addAll);
        return List.copyOf(all);
    }

    /**
     * Blocks from architecture strings: {@code er} (k expansion kernel), {@code uir} (a and k kernels of the depthwise parts,
     * 0 is absent), {@code mqa} (h heads, d head width, v stride and k kernel of keys and values); r repeats (the first
     * alone has stride s), e expansion, c channels out, {@code noskip}. What the tensors tell as well must agree.
     *
     * @param encoder root of the encoder
     */
    static List<List<VisionBlock>> parse(List<List<String>> definition, VisionStyle style, Scope encoder) {
        List<List<VisionBlock>> stages = new ArrayList<>();
        for (List<String> strings : definition) {
            List<VisionBlock> blocks = new ArrayList<>();
            for (String text : strings) {
                Definition block = Definition.parse(text, encoder);
                for (int r = 0; r < block.number("r", 1); r++) {
                    Scope scope = encoder.child("blocks." + stages.size() + "." + blocks.size());
                    blocks.add(block.check(scope).block(style, r == 0 ? block.number("s", 1) : 1));
                }
            }
            stages.add(blocks);
        }
        return stages;
    }

    /**
     * Blocks from the tensors alone (model.md B.8): {@code conv_exp} means ER, {@code attn.query.proj} MQA, anything else
     * UIR; stride 2 in block 0 of a stage; keys and values at stride 2 where {@code attn.key.down_conv} exists.
     */
    static List<List<VisionBlock>> detect(VisionStyle style, Scope encoder) {
        Set<String> modules = new HashSet<>();
        Pattern block = Pattern.compile(Pattern.quote(encoder.tensor("blocks.")) + "([0-9]+\\.[0-9]+)\\..*");
        for (String name : encoder.weights().names()) {
            Matcher m = block.matcher(name);
            if (m.matches()) {
                modules.add(m.group(1));
            }
        }
        List<List<VisionBlock>> stages = new ArrayList<>();
        while (modules.contains(stages.size() + ".0")) {
            List<VisionBlock> blocks = new ArrayList<>();
            while (modules.contains(stages.size() + "." + blocks.size())) {
                Scope scope = encoder.child("blocks." + stages.size() + "." + blocks.size());
                int stride = blocks.isEmpty() ? 2 : 1;
                blocks.add(scope.has("conv_exp.weight") ? new EdgeResidual(style, stride, false)
                        : scope.has("attn.query.proj.weight") ? new MobileAttention(style, 2, false)
                        : new UniversalInvertedResidual(style, stride, false));
            }
            stages.add(blocks);
        }
        if (stages.isEmpty()) {
            throw encoder.fail("no tensor " + encoder.tensor("blocks.0.0.*") + ": the encoder has no stages",
                    "Check that the weights are complete.");
        }
        return stages;
    }

    /** One architecture string, taken apart. */
    private record Definition(String text, String kind, Map<String, Integer> numbers, boolean noSkip) {
        static Definition parse(String text, Scope encoder) {
            String[] parts = text.split("_");
            Map<String, Integer> numbers = new HashMap<>();
            boolean noSkip = false;
            for (int i = 1; i < parts.length; i++) {
                Matcher m = ATTRIBUTE.matcher(parts[i]);
                if (parts[i].equals("noskip")) {
                    noSkip = true;
                } else if (m.matches() && "rakshvdec".contains(m.group(1))) {
                    // The expansion may have a fraction; the tensors say what it comes to.
                    if (!m.group(1).equals("e")) {
                        numbers.put(m.group(1), number(m.group(2), text, encoder));
                    }
                } else {
                    throw encoder.fail("arch_def holds '" + text + "': unknown part '" + parts[i] + "'",
                            "Known are r, a, k, s, e, c, h, v, d with a number, and noskip.");
                }
            }
            if (!Set.of("er", "uir", "mqa").contains(parts[0])) {
                throw encoder.fail("arch_def holds '" + text + "': unknown block '" + parts[0] + "'",
                        "Known are er, uir and mqa.");
            }
            return new Definition(text, parts[0], numbers, noSkip);
        }

        private static int number(String digits, String text, Scope encoder) {
            try {
                return Integer.parseInt(digits);
            } catch (NumberFormatException e) {
                throw encoder.fail("arch_def holds '" + text + "': '" + digits + "' is no whole number in range", REMEDY);
            }
        }

        int number(String attribute, int absent) {
            return numbers.getOrDefault(attribute, absent);
        }

        VisionBlock block(VisionStyle style, int stride) {
            return switch (kind) {
                case "er" -> new EdgeResidual(style, stride, noSkip);
                case "uir" -> new UniversalInvertedResidual(style, stride, noSkip);
                default -> new MobileAttention(style, number("v", 1), noSkip);
            };
        }

        /** What the string says about tensors must be what they are. */
        Definition check(Scope scope) {
            switch (kind) {
                case "er" -> {
                    agree(scope, "k", "conv_exp.weight", 2);
                    agree(scope, "c", "conv_pwl.weight", 0);
                }
                case "uir" -> {
                    kernel(scope, "a", "dw_start.conv.weight");
                    kernel(scope, "k", "dw_mid.conv.weight");
                    agree(scope, "c", "pw_proj.conv.weight", 0);
                }
                default -> {
                    agree(scope, "d", "attn.key.proj.weight", 0);
                    agree(scope, "c", "attn.output.proj.weight", 0);
                    if (number("v", 1) > 1) {
                        agree(scope, "k", "attn.key.down_conv.weight", 2);
                        agree(scope, "k", "attn.value.down_conv.weight", 2);
                    }
                    int queryChannels = scope.shape("attn.query.proj.weight").dim(0);
                    int stated = number("h", 0) * number("d", 0);
                    if (stated != 0 && stated != queryChannels) {
                        throw disagree(scope, "attn.query.proj.weight", "h times d is " + stated);
                    }
                }
            }
            return this;
        }

        private void kernel(Scope scope, String attribute, String tensor) {
            if (number(attribute, 0) == 0) {
                if (scope.has(tensor)) {
                    throw disagree(scope, tensor, attribute + " is 0, which leaves it out");
                }
            } else {
                agree(scope, attribute, tensor, 2);
            }
        }

        private void agree(Scope scope, String attribute, String tensor, int axis) {
            Shape shape = scope.shape(tensor);
            Integer stated = numbers.get(attribute);
            if (stated != null && (shape.rank() <= axis || shape.dim(axis) != stated)) {
                throw disagree(scope, tensor, attribute + " is " + stated);
            }
        }

        private ModelException disagree(Scope scope, String tensor, String stated) {
            return scope.fail("tensor " + scope.tensor(tensor) + " has shape " + scope.shape(tensor) + ", but in '" + text
                    + "' of arch_def " + stated, REMEDY);
        }
    }
}
