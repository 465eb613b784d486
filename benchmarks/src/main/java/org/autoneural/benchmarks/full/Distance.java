package org.autoneural.benchmarks.full;

import java.util.LinkedHashMap;
import java.util.Map;

/** Distances of one case from its goldens, by what was compared. */
final class Distance {
    private final Map<String, Double> byWhat = new LinkedHashMap<>();

    /** Relative L2, {@code |actual - expected| / |expected|}; NaN counts as infinitely far. */
    void compare(String what, float[] actual, float[] expected) {
        if (actual.length != expected.length) {
            throw new IllegalStateException(what + " has " + actual.length + " elements, the golden " + expected.length);
        }
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            double d = (double) actual[i] - expected[i];
            difference += d * d;
            norm += (double) expected[i] * expected[i];
        }
        add(what, Math.sqrt(difference / norm));
    }

    /** Takes {@code |actual / expected - 1|}. */
    void compare(String what, double actual, double expected) {
        add(what, Math.abs(actual / expected - 1));
    }

    private void add(String what, double distance) {
        byWhat.merge(what, Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance, Math::max);
    }

    double worst() {
        return byWhat.values().stream().mapToDouble(d -> d).max().orElse(Double.POSITIVE_INFINITY);
    }

    int count() {
        return byWhat.size();
    }

    /** What is worst. */
    String worstName() {
        return byWhat.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse("nothing compared");
    }

    Map<String, Double> byWhat() {
        return byWhat;
    }
}
