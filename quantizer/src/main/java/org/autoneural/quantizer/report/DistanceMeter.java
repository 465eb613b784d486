package org.autoneural.quantizer.report;

import java.util.function.IntToDoubleFunction;

/** Collects a {@link Distance} over any number of tensors of one shape. Sums in double, in order: deterministic. */
final class DistanceMeter {
    /** Channels with less than this share of the mean energy say nothing. */
    private static final double QUIET = 1e-3;

    private final int inner;
    private final double[] signal;
    private final double[] noise;
    private double found;
    private double product;
    private double maxAbsolute;

    /**
     * @param channels extent of the channel axis
     * @param inner    elements behind one index of it
     */
    DistanceMeter(int channels, int inner) {
        this.inner = inner;
        this.signal = new double[channels];
        this.noise = new double[channels];
    }

    /** Compares {@code reference[i]} with {@code value(i)}. */
    void add(float[] reference, IntToDoubleFunction value) {
        for (int i = 0; i < reference.length; i++) {
            double r = reference[i];
            double v = value.applyAsDouble(i);
            double d = v - r;
            int c = i / inner % signal.length;
            signal[c] += r * r;
            noise[c] += d * d;
            found += v * v;
            product += r * v;
            maxAbsolute = Math.max(maxAbsolute, Math.abs(d));
        }
    }

    Distance result() {
        double allSignal = 0;
        double allNoise = 0;
        for (int c = 0; c < signal.length; c++) {
            allSignal += signal[c];
            allNoise += noise[c];
        }
        int worst = -1;
        double worstRms = 0;
        for (int c = 0; c < signal.length; c++) {
            boolean loud = signal[c] > 0 && signal[c] >= QUIET * allSignal / signal.length;
            if (loud && Math.sqrt(noise[c] / signal[c]) > worstRms) {
                worstRms = Math.sqrt(noise[c] / signal[c]);
                worst = c;
            }
        }
        double norms = Math.sqrt(allSignal) * Math.sqrt(found);
        double cosine = norms > 0 ? Math.min(1, product / norms) : allSignal == found ? 1 : 0;
        return new Distance(Math.sqrt(allSignal), Math.sqrt(allNoise), cosine, maxAbsolute, worst, worstRms);
    }
}
