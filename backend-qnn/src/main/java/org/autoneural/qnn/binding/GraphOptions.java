package org.autoneural.qnn.binding;

/**
 * How graphs are finalized.
 *
 * @param vtcmMb       MB of the HTP's memory that one graph may use; 0 leaves it to the library
 * @param hvxThreads   threads of one graph; 0 leaves it to the library
 * @param optimization 1 to 3; higher takes longer to compile
 */
public record GraphOptions(int vtcmMb, int hvxThreads, int optimization) {
    public GraphOptions {
        if (optimization < 1 || optimization > 3) {
            throw new IllegalArgumentException("optimization " + optimization + " is not 1, 2 or 3");
        }
    }
}
