package org.autoneural.text.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code namespace(...)} returns: the one value a template may change from inside a loop. */
final class Namespace {
    private final Map<String, Object> fields = new LinkedHashMap<>();

    Object get(String name) {
        return fields.getOrDefault(name, Marker.UNDEFINED);
    }

    void set(String name, Object value) {
        fields.put(name, value);
    }
}
