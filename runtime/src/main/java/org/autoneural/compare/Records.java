package org.autoneural.compare;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Reads and changes components of records by name: the attributes of an op are the components of its record. */
final class Records {
    private Records() {}

    /** The component called {@code name}; empty when {@code of} has none. */
    static Optional<Object> component(Record of, String name) {
        return Arrays.stream(of.getClass().getRecordComponents()).filter(c -> c.getName().equals(name)).findFirst().map(c -> get(of, c));
    }

    /** A copy with the components named in {@code changes} replaced. */
    static Record with(Record of, Map<String, ?> changes) {
        RecordComponent[] components = of.getClass().getRecordComponents();
        Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] values = Arrays.stream(components).map(c -> changes.containsKey(c.getName()) ? changes.get(c.getName()) : get(of, c))
                .toArray();
        try {
            return of.getClass().getConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot copy " + of, e);
        }
    }

    private static Object get(Record of, RecordComponent component) {
        try {
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }
}
