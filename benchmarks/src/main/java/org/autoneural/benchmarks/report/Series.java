package org.autoneural.benchmarks.report;

import java.util.Arrays;
import java.util.List;

/**
 * What one contender reached at one piece of work, a value for each round. Greater is better.
 *
 * @param work      what was done, {@code decode}
 * @param contender who did it, {@code AutoNeural, native kernels}
 * @param unit      of the values, {@code tokens/s}
 * @param values    one a round, in the order of the rounds; empty where the contender cannot do this work
 * @param note      why it cannot, or what is different about its work; empty when there is nothing to say
 */
public record Series(String work, String contender, String unit, List<Double> values, String note) {
    public Series {
        values = List.copyOf(values);
    }

    public double median() {
        return median(values);
    }

    /** Median over the rounds of this series' value over the other's: what changes from round to round falls out. */
    public double ratioTo(Series other) {
        double[] ratios = new double[Math.min(values.size(), other.values.size())];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = values.get(i) / other.values.get(i);
        }
        return median(Arrays.stream(ratios).boxed().toList());
    }

    private static double median(List<Double> values) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
