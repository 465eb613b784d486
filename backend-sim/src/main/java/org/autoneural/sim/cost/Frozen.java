package org.autoneural.sim.cost;

import java.util.Properties;

/**
 * What a calibration found, as it stands in {@code NAME-speeds.properties}.
 *
 * @param speeds     fitted to all measurements
 * @param lowFactor  lower end of the 80 % interval, as a part of the estimate
 * @param highFactor upper end of it
 */
record Frozen(Speeds speeds, double lowFactor, double highFactor) {
    static Frozen read(String name) {
        Properties p = Architecture.properties(name + "-speeds.properties");
        return new Frozen(Speeds.of(p), Architecture.number(p, "lowFactor"), Architecture.number(p, "highFactor"));
    }
}
