package org.autoneural.ir;

/** Told how far a long piece of work is, on the working thread. */
@FunctionalInterface
public interface Meter {
    /**
     * @param done  finished so far, 0..total
     * @param total in all, at least 1; its unit is the work's own (bytes, values, nodes)
     */
    void at(long done, long total);

    /** Tells nobody. */
    static Meter silent() {
        return (done, total) -> { };
    }
}
