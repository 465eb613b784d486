package org.autoneural.sim.cost;

import java.util.Optional;
import org.autoneural.backend.Measurement;
import org.autoneural.backend.Precision;

/**
 * A measured time and the work behind it.
 *
 * @param network   name of the network
 * @param family    networks of one family are held out together
 * @param precision how it was stored
 * @param table     its work
 * @param ms        measured time, in milliseconds
 */
record Observation(String network, String family, Precision precision, WorkTable table, double ms) {
    static Observation of(Architecture architecture, Measurement m) {
        return new Observation(m.network(), m.family(), m.precision(),
                WorkCounter.count(architecture, m.graph(), Optional.of(m.precision())), m.ms());
    }
}
