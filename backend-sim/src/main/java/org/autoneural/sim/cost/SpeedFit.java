package org.autoneural.sim.cost;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Fits {@link Speeds} to observations: least Huber loss of log(estimated / measured), with weak log-normal priors, over the
 * logarithms of the speeds. All precisions share all speeds: those of the array follow from {@link MacClass#passes}.
 */
final class SpeedFit {
    /** Errors beyond this (as a logarithm, about 20 %) count linearly. */
    private static final double HUBER = 0.2;
    private static final int MOST_EVALUATIONS = 900;

    /** What was believed before looking, in the order of {@link #vector}: middle, and factor of one standard deviation. */
    private static final double[][] PRIORS = {
        {0.3, 1.5},     // ms of an empty run: the smallest measured total is 0.33
        {0.005, 3},     // ms to issue an op
        {6e9, 2},       // multiply-adds of 8 bits a ms
        {4.8e6, 3},     // vector instructions a ms: 4 threads of 1.2 GHz
        {4.8e6, 3},     // the same for depthwise convolutions
        {30e6, 1.5},    // bytes over the bus a ms
        {1.5, 1.5}};    // vector work of floats against 16-bit integers

    /** Speeds fitted before are believed this firmly when new measurements arrive: factor of one standard deviation. */
    private static final double REFIT = 1.3;

    private SpeedFit() {}

    /** What was believed: logarithms of the middle and of the factor of one standard deviation, speed by speed. */
    record Prior(double[] middle, double[] spread) {}

    /** The prior before any measurement. */
    static Prior prior() {
        double[] middle = new double[PRIORS.length], spread = new double[PRIORS.length];
        for (int i = 0; i < middle.length; i++) {
            middle[i] = StrictMath.log(PRIORS[i][0]);
            spread[i] = StrictMath.log(PRIORS[i][1]);
        }
        return new Prior(middle, spread);
    }

    /** The prior of one who knows {@code speeds}. */
    static Prior around(Speeds speeds) {
        double[] spread = new double[PRIORS.length];
        Arrays.fill(spread, StrictMath.log(REFIT));
        return new Prior(vector(speeds), spread);
    }

    /** Logarithms of start, issue, array, vector unit, depthwise, bus, float factor. */
    static double[] vector(Speeds s) {
        double[] v = {s.startMs(), s.issueMs(), s.macsPerMs().get(MacClass.W8A8), s.vectorsPerMs(), s.depthwisePerMs(), s.ddrBytesPerMs(),
            s.floatFactor()};
        return Arrays.stream(v).map(StrictMath::log).toArray();
    }

    /** The inverse of {@link #vector}. */
    static Speeds speeds(double[] v) {
        Map<MacClass, Double> macs = new EnumMap<>(MacClass.class);
        for (MacClass c : MacClass.values()) {
            macs.put(c, StrictMath.exp(v[2]) / c.passes());
        }
        return new Speeds(StrictMath.exp(v[0]), StrictMath.exp(v[1]), macs, StrictMath.exp(v[3]), StrictMath.exp(v[4]), StrictMath.exp(v[5]),
                StrictMath.exp(v[6]));
    }

    /** The best speeds, from {@code start} on. */
    static double[] fit(List<Observation> observations, Prior prior, double[] start, long roomBytes) {
        // A second simplex from where the first one came to rest: it may have collapsed short of the minimum.
        double[] first = NelderMead.minimize(v -> loss(v, observations, prior, roomBytes), start, 0.3, MOST_EVALUATIONS);
        return NelderMead.minimize(v -> loss(v, observations, prior, roomBytes), first, 0.2, MOST_EVALUATIONS);
    }

    private static double loss(double[] v, List<Observation> observations, Prior prior, long roomBytes) {
        Speeds speeds = speeds(v);
        double loss = 0;
        for (Observation o : observations) {
            loss += huber(StrictMath.log(Schedule.of(o.table(), speeds, roomBytes).totalMs() / o.ms()));
        }
        for (int i = 0; i < v.length; i++) {
            double z = (v[i] - prior.middle[i]) / prior.spread[i];
            loss += z * z / 2;
        }
        return loss;
    }

    /** Square for small logarithms of errors, straight for large ones. */
    static double huber(double error) {
        double e = Math.abs(error) / HUBER;
        return e <= 1 ? e * e / 2 : e - 0.5;
    }
}
