package org.autoneural.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Looks up back ends and targets among the {@link Backend} services on the class path. */
public final class Backends {
    private Backends() {}

    /** A target and the back end that serves it. */
    public record Choice(Backend backend, Target target) {}

    /** All targets of all back ends. */
    public static List<Choice> all() {
        List<Choice> all = new ArrayList<>();
        for (Backend backend : ServiceLoader.load(Backend.class)) {
            backend.targets().forEach(t -> all.add(new Choice(backend, t)));
        }
        return all;
    }

    /** The target called {@code name}; an {@link IllegalArgumentException} that lists the targets there are otherwise. */
    public static Choice target(String name) {
        return all().stream().filter(c -> c.target().name().equals(name)).findFirst().orElseThrow(() ->
                new IllegalArgumentException("no target '" + name + "'; targets on the class path: "
                        + all().stream().map(c -> c.target().name()).toList()));
    }
}
