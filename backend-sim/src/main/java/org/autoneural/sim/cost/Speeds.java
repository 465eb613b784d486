package org.autoneural.sim.cost;

import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;

/**
 * Speeds of a device, fitted to measurements.
 *
 * @param startMs        time of an empty run, in milliseconds
 * @param issueMs        fixed time of an op, in milliseconds
 * @param macsPerMs      multiply-adds (padded) of the array a millisecond, by widths
 * @param vectorsPerMs   instructions of the vector unit a millisecond
 * @param depthwisePerMs the same for depthwise convolutions
 * @param ddrBytesPerMs  bytes over the memory bus a millisecond
 * @param floatFactor    how much longer the vector unit takes for half-precision floats than for integers of 16 bits
 */
record Speeds(double startMs, double issueMs, Map<MacClass, Double> macsPerMs, double vectorsPerMs, double depthwisePerMs,
        double ddrBytesPerMs, double floatFactor) {
    Speeds {
        macsPerMs = Map.copyOf(macsPerMs);
    }

    static Speeds of(Properties p) {
        Map<MacClass, Double> macs = new EnumMap<>(MacClass.class);
        for (MacClass c : MacClass.values()) {
            macs.put(c, Architecture.number(p, "macsPerMs." + c));
        }
        return new Speeds(Architecture.number(p, "startMs"), Architecture.number(p, "issueMs"), macs,
                Architecture.number(p, "vectorsPerMs"), Architecture.number(p, "depthwisePerMs"), Architecture.number(p, "ddrBytesPerMs"),
                Architecture.number(p, "floatFactor"));
    }
}
