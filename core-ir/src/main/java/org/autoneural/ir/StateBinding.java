package org.autoneural.ir;

/**
 * State that lives from one run to the next: what graph output {@code output} holds after a run is what graph input
 * {@code input} reads in the next one. Both have the same type and one fixed encoding.
 */
public record StateBinding(String input, String output) {}
