package org.autoneural.quantizer.report;

import java.util.Arrays;

/** Collects {@link ActivationStatistics} over any number of tensors whose last axis has the channels. */
public final class ActivationMeter {
    private final double[] squares;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private long count;
    private double sum;
    private double sum2;
    private double sum3;
    private double sum4;

    /** @param channels length of the last axis, at least 1 */
    public ActivationMeter(int channels) {
        squares = new double[channels];
    }

    /** Takes in a tensor, row-major. */
    public void add(float[] values) {
        for (int i = 0; i < values.length; i++) {
            double v = values[i];
            double square = v * v;
            min = Math.min(min, v);
            max = Math.max(max, v);
            sum += v;
            sum2 += square;
            sum3 += square * v;
            sum4 += square * square;
            squares[i % squares.length] += square;
        }
        count += values.length;
    }

    /** What was collected, as the statistics of {@code value}, which comes from tensor {@code source}. */
    public ActivationStatistics result(String value, String source) {
        double mean = sum / count;
        double variance = sum2 / count - mean * mean;
        double fourth = sum4 / count - 4 * mean * sum3 / count + 6 * mean * mean * sum2 / count - 3 * Math.pow(mean, 4);
        double[] sorted = squares.clone();
        Arrays.sort(sorted);
        double limit = ActivationStatistics.OUTLIER * ActivationStatistics.OUTLIER * sorted[sorted.length / 2];
        int outliers = (int) Arrays.stream(squares).filter(s -> s > limit).count();
        return new ActivationStatistics(value, source, min, max, Math.sqrt(sum2 / count), variance > 0 ? fourth / (variance * variance) : 0,
                outliers, squares.length);
    }
}
