package org.autoneural.backend;

/** Sees every tensor right after its node has run, before its memory is used again. */
@FunctionalInterface
public interface TensorListener {
    /** @param value name in the graph; {@code tensor} is valid during the call only */
    void computed(String value, TensorBuffer tensor);
}
