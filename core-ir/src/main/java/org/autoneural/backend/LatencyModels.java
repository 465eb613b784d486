package org.autoneural.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Looks up the {@link LatencyModel} services on the class path. */
public final class LatencyModels {
    private LatencyModels() {}

    /** Every model on the class path. */
    public static List<LatencyModel> all() {
        List<LatencyModel> all = new ArrayList<>();
        ServiceLoader.load(LatencyModel.class).forEach(all::add);
        return all;
    }

    /** The model of device {@code name}; an {@link IllegalArgumentException} that lists those there are otherwise. */
    public static LatencyModel of(String name) {
        return all().stream().filter(m -> m.target().name().equals(name)).findFirst().orElseThrow(() ->
                new IllegalArgumentException("no latency model for '" + name + "'; there are models for "
                        + all().stream().map(m -> m.target().name()).toList()));
    }
}
