package org.autoneural.sim.cost;

import java.util.List;

/**
 * What a model of layers has to beat: {@code t0 + max(multiply-adds / P, weight bytes / B)} of a whole network, its three numbers
 * fitted for one precision.
 */
record Baseline(double startMs, double macsPerMs, double bytesPerMs) {
    private static final double[][] STARTS = {{0.8, 6e9, 30e6}, {0.8, 2e9, 30e6}, {0.4, 3e9, 10e6}};

    static Baseline fit(List<Observation> observations) {
        double[] best = {};
        double least = Double.POSITIVE_INFINITY;
        for (double[] s : STARTS) {
            double[] start = {StrictMath.log(s[0]), StrictMath.log(s[1]), StrictMath.log(s[2])};
            double[] v = NelderMead.minimize(x -> of(x).loss(observations), start, 0.3, 800);
            double loss = of(v).loss(observations);
            if (loss < least) {
                least = loss;
                best = v;
            }
        }
        return of(best);
    }

    private static Baseline of(double[] v) {
        return new Baseline(StrictMath.exp(v[0]), StrictMath.exp(v[1]), StrictMath.exp(v[2]));
    }

    private double loss(List<Observation> observations) {
        return observations.stream().mapToDouble(o -> SpeedFit.huber(StrictMath.log(estimate(o) / o.ms()))).sum();
    }

    double estimate(Observation o) {
        return startMs + Math.max(o.table().macs() / macsPerMs, o.table().weightBytes() / bytesPerMs);
    }
}
