package org.autoneural.ir;

import java.util.List;

/**
 * The entry points of one model: several graphs over one set of weights. A constant of the same name in two graphs is the
 * same tensor, and an activation of the same name has the same encoding in all of them.
 *
 * <p>For a vision-language model: {@code vision} (picture to visual tokens), {@code prefill} (a chunk of N tokens of which
 * {@code n_valid} count) and {@code decode} (one token).
 */
public record Program(List<Graph> entryPoints) {
    public Program {
        entryPoints = List.copyOf(entryPoints);
    }

    /** The entry point called {@code name}; an error listing those there are otherwise. */
    public Graph entryPoint(String name) {
        return entryPoints.stream().filter(g -> g.name().equals(name)).findFirst().orElseThrow(() ->
                new IllegalArgumentException("no entry point '" + name + "'; there are "
                        + entryPoints.stream().map(Graph::name).toList()));
    }
}
