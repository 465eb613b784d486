package org.autoneural.quantizer.report;

/**
 * How far a tensor departs from its float reference.
 *
 * @param value       name of the tensor
 * @param op          op that makes it; empty for an input
 * @param source      module of the checkpoint that it comes from
 * @param elements    values compared
 * @param noise       2-norm of the difference
 * @param signal      2-norm of the reference
 * @param maxAbsolute largest difference
 */
public record TensorError(String value, String op, String source, long elements, double noise, double signal, double maxAbsolute) {
    /** {@code ||x - x^|| / ||x||}; 0 for two equal tensors, infinite when only the reference is zero. */
    public double relativeRms() {
        return noise == 0 ? 0 : noise / signal;
    }

    /** {@code -20 log10(relativeRms)} (model.md A.3); infinite for equal tensors. */
    public double sqnrDb() {
        return noise == 0 ? Double.POSITIVE_INFINITY : -20 * Math.log10(relativeRms());
    }
}
