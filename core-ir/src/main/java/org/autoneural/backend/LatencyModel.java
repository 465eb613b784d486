package org.autoneural.backend;

import java.util.List;
import org.autoneural.ir.Graph;

/**
 * How long graphs would take on a device that need not be at hand. Found with {@link java.util.ServiceLoader}, see
 * {@link LatencyModels}. What it gives are estimates: nothing is executed.
 *
 * <p>Implementations are immutable and may be used by several threads; one estimate of a full-size graph takes well under a
 * second.
 */
public interface LatencyModel {
    /** The device, {@code sa8295p}, and what the figures rest on. */
    Target target();

    /** One run of an INTEGER graph; element types are those of the graph. */
    LatencyEstimate estimate(Graph graph);

    /**
     * One run of a FLOAT graph (after the standard passes) as if it were stored in {@code precision}: constants of convolutions
     * and linear layers take its weight bits, other values its activation bits.
     */
    LatencyEstimate estimate(Graph graph, Precision precision);

    /**
     * This model with its speeds moved towards what was measured; few measurements move them little. The intervals stay as wide as
     * they are.
     *
     * @param measurements at least one
     */
    LatencyModel calibrated(List<Measurement> measurements);
}
