package org.autoneural.quantizer.report;

/**
 * What makes an activation easy or hard to quantize with one scale.
 *
 * @param value           name
 * @param source          module of the checkpoint
 * @param min             smallest value
 * @param max             largest value
 * @param rms             root of the mean square
 * @param kurtosis        fourth central moment over the squared variance: 3 for a normal distribution, more for heavier tails
 * @param outlierChannels channels whose RMS is more than {@value #OUTLIER} times the median channel's
 * @param channels        extent of the channel axis, the last one
 */
public record ActivationStatistics(String value, String source, double min, double max, double rms, double kurtosis, int outlierChannels,
        int channels) {
    /** How many times the median a channel's RMS must be to count as an outlier. */
    public static final int OUTLIER = 6;

    /** Largest magnitude over RMS: each doubling costs a symmetric encoding one bit, 6 dB. */
    public double peak() {
        return rms == 0 ? 0 : Math.max(-min, max) / rms;
    }
}
