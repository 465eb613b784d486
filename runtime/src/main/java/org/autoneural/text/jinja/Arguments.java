package org.autoneural.text.jinja;

import java.util.List;
import java.util.Map;

/** Evaluated arguments of one call on {@code line}. */
record Arguments(List<Object> values, Map<String, Object> named, int line, Budget budget) {
    int count() {
        return values.size();
    }

    Object get(int index) {
        if (index >= values.size()) {
            throw new Failure(line, "argument " + (index + 1) + " is missing");
        }
        return values.get(index);
    }

    /** The named argument, else the one at {@code index}, else undefined. */
    Object named(String name, int index) {
        return named.getOrDefault(name, index < values.size() ? values.get(index) : Marker.UNDEFINED);
    }

    String text(int index) {
        if (get(index) instanceof String text) {
            return text;
        }
        throw new Failure(line, "argument " + (index + 1) + " is a " + Values.type(get(index)) + ", a string is needed");
    }

    long integer(int index) {
        if (get(index) instanceof Long number) {
            return number;
        }
        throw new Failure(line, "argument " + (index + 1) + " is a " + Values.type(get(index)) + ", an integer is needed");
    }

    Arguments from(int index) {
        return new Arguments(values.subList(Math.min(index, values.size()), values.size()), named, line, budget);
    }
}
