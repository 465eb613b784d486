package org.autoneural.sim.cost;

import java.util.Arrays;
import java.util.List;

/**
 * How far estimates lie from measurements.
 *
 * @param count       pairs
 * @param median      median of |estimated / measured - 1|
 * @param p90         90th percentile of the same, interpolated between neighbours
 * @param worst       largest of the same
 * @param tau         Kendall's rank correlation
 * @param bias        geometric mean of estimated / measured, less 1
 */
record Errors(int count, double median, double p90, double worst, double tau, double bias) {
    /** A measured and an estimated time. */
    record Pair(double measured, double estimated) {}

    static Errors of(List<Pair> pairs) {
        double[] relative = pairs.stream().mapToDouble(p -> Math.abs(p.estimated / p.measured - 1)).sorted().toArray();
        double logs = pairs.stream().mapToDouble(p -> StrictMath.log(p.estimated / p.measured)).sum();
        int agree = 0, all = 0;
        for (int i = 0; i < pairs.size(); i++) {
            for (int k = 0; k < i; k++) {
                agree += Double.compare(pairs.get(i).measured, pairs.get(k).measured)
                        == Double.compare(pairs.get(i).estimated, pairs.get(k).estimated) ? 1 : 0;
                all++;
            }
        }
        return new Errors(relative.length, percentile(relative, 0.5), percentile(relative, 0.9), relative[relative.length - 1],
                all == 0 ? 1 : 2.0 * agree / all - 1, StrictMath.exp(logs / pairs.size()) - 1);
    }

    /** @param sorted ascending, not empty */
    static double percentile(double[] sorted, double part) {
        double at = part * (sorted.length - 1);
        int below = (int) at;
        return sorted[below] + (at - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
    }

    static double percentileOf(double[] values, double part) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return percentile(sorted, part);
    }
}
