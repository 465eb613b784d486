package org.autoneural.sim.plan;

/** Parts of the memory that a run sees, by how long their content is needed. */
public enum Region {
    /** States: one for all entry points of a context, as long as the context. */
    STATE,
    /** Inputs and outputs of one entry point of one context, from its first use on. */
    EXCHANGE,
    /** Everything else: for one run of an entry point; afterwards the runs of other contexts use it. */
    WORK
}
