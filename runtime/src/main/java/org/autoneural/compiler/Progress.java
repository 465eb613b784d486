package org.autoneural.compiler;

/** Told how far a long piece of work is. Called on the working thread. */
@FunctionalInterface
public interface Progress {
    /**
     * @param step  what is being done ("calibrating")
     * @param done  units finished, 0..total
     * @param total units in all, at least 1
     */
    void at(String step, long done, long total);

    /** Tells nobody. */
    static Progress silent() {
        return (step, done, total) -> { };
    }
}
