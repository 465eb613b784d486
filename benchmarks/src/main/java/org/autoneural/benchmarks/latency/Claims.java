package org.autoneural.benchmarks.latency;

import java.util.List;
import java.util.Locale;
import org.autoneural.backend.LatencyEstimate;
import org.autoneural.backend.LatencyModel;
import org.autoneural.backend.LatencyModels;
import org.autoneural.backend.Precision;
import org.autoneural.ir.Graph;
import org.autoneural.ir.pass.PassManager;
import org.autoneural.ir.pass.Passes;
import org.autoneural.model.PublicModels;

/**
 * The AutoNeural paper's claims about speed as estimates: AutoNeural-VL against a baseline of the class of InternVL2-2B, on one
 * model of the SA8295P. Encoders W8A16, decoders W4A16 on both sides, so that only the architectures differ.
 */
final class Claims {
    private static final int PROMPT = 64;
    private static final int CHUNK = 128;
    /** One context of the chip stays below this (rule V68-CONTEXT of target qnn-sa8295p). */
    private static final double CONTEXT_BYTES = 3.0 * (1L << 30);

    private final LatencyModel model = LatencyModels.of(Calibrate.DEVICE);
    private final PassManager passes = new PassManager(Passes.standard());
    private final StringBuilder text = new StringBuilder();

    private Claims() {}

    static String table() {
        return new Claims().run();
    }

    private String run() {
        line("", "AutoNeural-VL", "baseline", "baseline / ours");
        line("---", "---", "---", "---");
        double[][] encoders = new double[3][];
        int[] ours = {256, 512, 768}, theirs = {252, 504, 756};
        for (int i = 0; i < 3; i++) {
            encoders[i] = new double[] {encoder(PublicModels.mobileNetV5(ours[i])), encoder(PublicModels.internVit(theirs[i]))};
            compare("encoder, " + ours[i] + "² (baseline " + theirs[i] + "²)", encoders[i][0], encoders[i][1]);
        }
        double tile = encoder(PublicModels.internVit(448));
        compare("encoder, 768² against one tile of 448²", encoders[2][0], tile);
        compare("encoder, 768² against four tiles of 448² and a thumbnail", encoders[2][0], 5 * tile);
        double[] prefill = {prefill(true, 256 + PROMPT), prefill(false, 256 + PROMPT)};
        compare("prefill, 256 tokens of a picture and " + PROMPT + " of text", prefill[0], prefill[1]);
        double many = prefill(false, 5 * 256 + PROMPT);
        compare("prefill, the baseline with five tiles (1344 tokens)", prefill[0], many);
        compare("time to first token without prefill: encoder at 768² / five tiles", encoders[2][0], 5 * tile);
        compare("time to first token with prefill: 768² / five tiles", encoders[2][0] + prefill[0], 5 * tile + many);
        compare("time to first token with prefill: 768² / one tile", encoders[2][0] + prefill[0], tile + prefill[1]);
        for (int context : new int[] {128, 512, 1024, 2048, 4096}) {
            LatencyEstimate a = decode(PublicModels.lfm2(1, context)), b = decode(PublicModels.internLm2(1, context));
            line("decode at context " + context + ", tokens/s", tokens(a), tokens(b), ratio(b.latencyMs() / a.latencyMs()));
        }
        memory();
        return text.toString();
    }

    private double encoder(Graph graph) {
        return model.estimate(passes.run(graph), Precision.W8A16).latencyMs();
    }

    /** Chunks of 128 tokens, each attending over all tokens of the prompt. */
    private double prefill(boolean ours, int tokens) {
        int chunks = (tokens + CHUNK - 1) / CHUNK;
        Graph chunk = (ours ? PublicModels.lfm2(CHUNK, chunks * CHUNK) : PublicModels.internLm2(CHUNK, chunks * CHUNK)).get(0);
        return chunks * model.estimate(passes.run(chunk), Precision.W4A16).latencyMs();
    }

    private LatencyEstimate decode(List<Graph> graphs) {
        return model.estimate(passes.run(graphs.get(1)), Precision.W4A16);
    }

    private static String tokens(LatencyEstimate e) {
        return String.format(Locale.ROOT, "%.0f (%.0f to %.0f)", 1000 / e.latencyMs(), 1000 / e.highMs(), 1000 / e.lowMs());
    }

    /** Weights at their widths, and a cache of 16-bit keys and values: what fits into one context of the chip. */
    private void memory() {
        double ours = 294.1e6 + 8.4e6 + (1170.3e6 - 134.2e6) / 2 + 134.2e6 / 2, theirs = 304.0e6 + 12.6e6 + (1889.1e6 - 379.1e6) / 2 + 379.1e6 / 2;
        line("weights (encoder 8 bits, decoder 4 bits)", gigabytes(ours), gigabytes(theirs), ratio(theirs / ours));
        // As in the times above: keys and values are activations of 16 bits.
        double perToken = 2.0 * 2 * 6 * 8 * 64, theirsPerToken = 2.0 * 2 * 24 * 8 * 128;
        line("cache of keys and values a token, 16 bits", kilobytes(perToken), kilobytes(theirsPerToken), ratio(theirsPerToken / perToken));
        line("the same at 4096 tokens", megabytes(4096 * perToken), megabytes(4096 * theirsPerToken), ratio(theirsPerToken / perToken));
        line("tokens that fit beside the decoder's weights into 3 GiB", String.format(Locale.ROOT, "%,.0f", (CONTEXT_BYTES - 585.2e6) / perToken),
                String.format(Locale.ROOT, "%,.0f", (CONTEXT_BYTES - 944.6e6) / theirsPerToken), "");
    }

    private static String gigabytes(double bytes) {
        return String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
    }

    private static String megabytes(double bytes) {
        return String.format(Locale.ROOT, "%.0f MB", bytes / 1e6);
    }

    private static String kilobytes(double bytes) {
        return String.format(Locale.ROOT, "%.0f kB", bytes / 1e3);
    }

    private void compare(String what, double ours, double theirs) {
        line(what, String.format(Locale.ROOT, "%.0f ms", ours), String.format(Locale.ROOT, "%.0f ms", theirs), ratio(theirs / ours));
    }

    private static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.1f", ratio);
    }

    private void line(String... cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
