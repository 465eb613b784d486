package org.autoneural.ir;

/** A named tensor of a graph: an input, a constant or the result of a node. Names are unique within a graph. */
public record Value(String name, TensorType type) {}
