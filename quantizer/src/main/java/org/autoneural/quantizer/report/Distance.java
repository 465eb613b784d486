package org.autoneural.quantizer.report;

/**
 * How far a tensor is from its reference, over all that was compared.
 *
 * @param signal          2-norm of the reference
 * @param noise           2-norm of the difference
 * @param cosine          of the angle between the two; 1 for equal directions and for two zeros
 * @param maxAbsolute     largest difference
 * @param worstChannel    index along the channel axis with the largest relative RMS among those that hold at least a
 *                        thousandth of the mean energy; -1 when there is none
 * @param worstRelativeRms relative RMS of that channel
 */
public record Distance(double signal, double noise, double cosine, double maxAbsolute, int worstChannel, double worstRelativeRms) {
    /** {@code ||x - x^|| / ||x||}; 0 for two equal tensors, infinite when only the reference is zero. */
    public double relativeRms() {
        return noise == 0 ? 0 : noise / signal;
    }

    /** {@code -20 log10(relativeRms)} (model.md A.3); infinite for equal tensors. */
    public double sqnrDb() {
        return noise == 0 ? Double.POSITIVE_INFINITY : -20 * Math.log10(relativeRms());
    }
}
