package org.autoneural.backend;

import org.autoneural.ir.Graph;

/**
 * A time measured on a device, to calibrate a {@link LatencyModel} on.
 *
 * @param network   name of the network
 * @param family    networks of one family resemble each other
 * @param graph     its FLOAT graph after the standard passes
 * @param precision how it was stored
 * @param ms        time of one run in milliseconds, positive
 */
public record Measurement(String network, String family, Graph graph, Precision precision, double ms) {
    public Measurement {
        if (!(ms > 0) || Double.isInfinite(ms)) {
            throw new IllegalArgumentException("time of " + network + " is " + ms + " ms; it must be positive");
        }
    }
}
