package org.autoneural.sim.cost;

import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;

/**
 * What a calibration found, as it stands in {@code NAME-speeds.properties}.
 *
 * @param speeds    fitted to all measurements
 * @param intervals for graphs most of whose multiply-adds have these widths
 */
record Frozen(Speeds speeds, Map<MacClass, Interval> intervals) {
    Frozen {
        intervals = Map.copyOf(intervals);
    }

    /**
     * Where 80 % of the measured times lie.
     *
     * @param low  lower end, as a part of the estimate
     * @param high upper end
     */
    record Interval(double low, double high) {
        boolean holds(double ratio) {
            return ratio >= low && ratio <= high;
        }
    }

    static Frozen read(String name) {
        Properties p = Architecture.properties(name + "-speeds.properties");
        Map<MacClass, Interval> intervals = new EnumMap<>(MacClass.class);
        for (MacClass c : MacClass.values()) {
            intervals.put(c, new Interval(Architecture.number(p, "low." + c), Architecture.number(p, "high." + c)));
        }
        return new Frozen(Speeds.of(p), intervals);
    }
}
