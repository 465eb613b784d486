package org.autoneural.quantizer.report;

import java.util.Optional;

/**
 * What quantization does to the result of one node.
 *
 * @param graph      entry point
 * @param index      of the node in the graph
 * @param value      name of the result
 * @param op         name of the op
 * @param source     module of the checkpoint
 * @param encoding   of the result, {@code s16 6.1E-5}
 * @param introduced relative RMS of what this node alone adds: its quantized result (weights and result rounded to their
 *                   encodings) against the same op with real weights and an unrounded result, both on the operands that the
 *                   quantized run has at this place, in relation to the float reference
 * @param quantized  all that has gathered up to here: quantized run (real arithmetic on rounded values) against float
 * @param integer    the same for the integer program; empty where it does not have this value (fused, or computed once for two)
 * @param histogram  of the float values within the encoding's range
 */
public record LayerLoss(String graph, int index, String value, String op, String source, String encoding, double introduced,
        Distance quantized, Optional<Distance> integer, ValueHistogram histogram) {
    /** Relative RMS up to here: of the integers where they are known. */
    public double gathered() {
        return integer.orElse(quantized).relativeRms();
    }
}
