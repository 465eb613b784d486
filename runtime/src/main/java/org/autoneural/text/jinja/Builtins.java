package org.autoneural.text.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The functions, methods, filters and tests a template may call. Each list is complete: a name that is not here is an error. */
final class Builtins {
    private static final int MAX_RANGE = 100_000;

    private Builtins() {
    }

    static Object function(String name, Arguments arguments) {
        switch (name) {
            case "namespace" -> {
                Namespace namespace = new Namespace();
                arguments.named().forEach(namespace::set);
                return namespace;
            }
            case "range" -> {
                long from = arguments.count() > 1 ? arguments.integer(0) : 0;
                long to = arguments.integer(arguments.count() > 1 ? 1 : 0);
                long step = arguments.count() > 2 ? arguments.integer(2) : 1;
                List<Object> items = new ArrayList<>();
                for (long i = from; step > 0 ? i < to : step < 0 && i > to; i += step) {
                    arguments.budget().items(1, arguments.line());
                    if (items.size() >= MAX_RANGE) {
                        throw new Failure(arguments.line(), "range of more than " + MAX_RANGE + " numbers");
                    }
                    items.add(i);
                }
                return items;
            }
            case "raise_exception" -> throw new Failure(arguments.line(), "the template refuses this conversation: " + arguments.text(0));
            default -> throw new Failure(arguments.line(), "function '" + name
                    + "' is not known; known are namespace, range and raise_exception");
        }
    }

    static Object method(Object target, String name, Arguments arguments) {
        if (target instanceof String text) {
            arguments.budget().charge(text, arguments.line());
            return stringMethod(text, name, arguments);
        }
        if (target instanceof Map<?, ?> map) {
            switch (name) {
                case "get" -> {
                    Object missing = arguments.count() > 1 ? arguments.get(1) : Marker.NONE;
                    return map.containsKey(arguments.get(0)) ? map.get(arguments.get(0)) : missing;
                }
                case "items", "keys", "values" -> {
                    return entries(map, name);
                }
                default -> { }
            }
        }
        throw new Failure(arguments.line(), "a " + Values.type(target) + " has no method '" + name + "'");
    }

    private static Object stringMethod(String text, String name, Arguments arguments) {
        return switch (name) {
            case "strip" -> strip(text, arguments, true, true);
            case "lstrip" -> strip(text, arguments, true, false);
            case "rstrip" -> strip(text, arguments, false, true);
            case "startswith" -> text.startsWith(arguments.text(0));
            case "endswith" -> text.endsWith(arguments.text(0));
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "capitalize" -> capitalize(text);
            case "replace" -> arguments.budget().charge(text.replace(arguments.text(0), arguments.text(1)), arguments.line());
            case "split" -> split(text, arguments);
            default -> throw new Failure(arguments.line(), "a string has no method '" + name
                    + "'; known are strip, lstrip, rstrip, startswith, endswith, upper, lower, capitalize, replace and split");
        };
    }

    private static String strip(String text, Arguments arguments, boolean left, boolean right) {
        Optional<String> characters = arguments.count() > 0 ? Optional.of(arguments.text(0)) : Optional.empty();
        int from = 0;
        int to = text.length();
        while (left && from < to && stripped(text.charAt(from), characters)) {
            from++;
        }
        while (right && to > from && stripped(text.charAt(to - 1), characters)) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean stripped(char c, Optional<String> characters) {
        return characters.map(set -> set.indexOf(c) >= 0).orElseGet(() -> isSpace(c));
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }

    private static List<Object> split(String text, Arguments arguments) {
        List<Object> pieces = new ArrayList<>();
        if (arguments.count() == 0 || arguments.get(0) == Marker.NONE) {
            int start = -1;
            for (int i = 0; i <= text.length(); i++) {
                boolean space = i == text.length() || isSpace(text.charAt(i));
                if (!space && start < 0) {
                    start = i;
                } else if (space && start >= 0) {
                    pieces.add(text.substring(start, i));
                    start = -1;
                }
            }
            return pieces;
        }
        String separator = arguments.text(0);
        if (separator.isEmpty()) {
            throw new Failure(arguments.line(), "split needs a separator that is not empty");
        }
        long most = arguments.count() > 1 ? arguments.integer(1) : -1;
        int from = 0;
        for (int i = text.indexOf(separator); i >= 0 && (most < 0 || pieces.size() < most); i = text.indexOf(separator, from)) {
            pieces.add(text.substring(from, i));
            from = i + separator.length();
        }
        pieces.add(text.substring(from));
        return pieces;
    }

    static Object filter(Object value, String name, Arguments arguments) {
        int line = arguments.line();
        Budget budget = arguments.budget();
        if (value instanceof String text) {
            budget.charge(text, line);
        }
        return switch (name) {
            case "trim" -> strip(Values.text(value, line), arguments, true, true);
            case "tojson" -> json(value, arguments);
            case "length", "count" -> (long) length(value, line, budget);
            case "upper" -> Values.text(value, line).toUpperCase(Locale.ROOT);
            case "lower" -> Values.text(value, line).toLowerCase(Locale.ROOT);
            case "capitalize" -> capitalize(Values.text(value, line));
            case "string" -> Values.text(value, line);
            case "safe" -> value;
            case "default", "d" -> orDefault(value, arguments);
            case "replace" -> arguments.budget().charge(
                    Values.text(value, line).replace(arguments.text(0), arguments.text(1)), line);
            case "join" -> join(items(value, line, budget), arguments);
            case "first" -> items(value, line, budget).stream().findFirst().orElse(Marker.UNDEFINED);
            case "last" -> reversed(items(value, line, budget)).stream().findFirst().orElse(Marker.UNDEFINED);
            case "list" -> items(value, line, budget);
            case "reverse" -> reversed(items(value, line, budget));
            case "items" -> entries(mapping(value, line), "items");
            case "selectattr" -> select(value, arguments, true);
            case "rejectattr" -> select(value, arguments, false);
            case "map" -> attributes(value, arguments);
            default -> throw new Failure(line, "filter '" + name + "' is not supported");
        };
    }

    private static String json(Object value, Arguments arguments) {
        Object indent = arguments.named("indent", 0);
        if (indent != Marker.NONE && indent != Marker.UNDEFINED) {
            throw new Failure(arguments.line(), "tojson with an indent is not supported");
        }
        return Values.json(value, arguments.line(), arguments.budget());
    }

    private static Object orDefault(Object value, Arguments arguments) {
        Object other = arguments.count() > 0 ? arguments.get(0) : "";
        boolean alsoFalse = Values.truth(arguments.named("boolean", 1));
        return value == Marker.UNDEFINED || (alsoFalse && !Values.truth(value)) ? other : value;
    }

    private static String join(List<Object> items, Arguments arguments) {
        String separator = arguments.count() > 0 ? arguments.text(0) : "";
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < items.size(); i++) {
            joined.append(i == 0 ? "" : separator).append(Values.text(items.get(i), arguments.line()));
            arguments.budget().check(joined.length(), arguments.line());
        }
        return joined.toString();
    }

    private static List<Object> reversed(List<Object> items) {
        List<Object> copy = new ArrayList<>(items);
        Collections.reverse(copy);
        return copy;
    }

    /** {@code selectattr(name)} keeps items whose attribute is true; {@code selectattr(name, test, value)} those that pass. */
    private static List<Object> select(Object value, Arguments arguments, boolean keep) {
        List<Object> kept = new ArrayList<>();
        for (Object item : items(value, arguments.line(), arguments.budget())) {
            Object attribute = attribute(item, arguments.text(0));
            boolean passes = arguments.count() < 2 ? Values.truth(attribute)
                    : test(attribute, arguments.text(1), arguments.from(2));
            if (passes == keep) {
                kept.add(item);
            }
        }
        return kept;
    }

    private static List<Object> attributes(Object value, Arguments arguments) {
        Object name = arguments.named().getOrDefault("attribute", Marker.UNDEFINED);
        if (!(name instanceof String attribute)) {
            throw new Failure(arguments.line(), "filter map needs attribute='name'");
        }
        List<Object> mapped = new ArrayList<>();
        for (Object item : items(value, arguments.line(), arguments.budget())) {
            mapped.add(attribute(item, attribute));
        }
        return mapped;
    }

    private static Object attribute(Object item, String name) {
        return item instanceof Map<?, ?> map && map.containsKey(name) ? map.get(name) : Marker.UNDEFINED;
    }

    static boolean test(Object value, String name, Arguments arguments) {
        return switch (name) {
            case "defined" -> value != Marker.UNDEFINED;
            case "undefined" -> value == Marker.UNDEFINED;
            case "none" -> value == Marker.NONE;
            case "string" -> value instanceof String;
            case "mapping" -> value instanceof Map<?, ?>;
            case "sequence", "iterable" -> value instanceof List<?> || value instanceof String || value instanceof Map<?, ?>;
            case "number" -> value instanceof Long || value instanceof BigDecimal;
            case "integer" -> value instanceof Long;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "equalto", "eq" -> Values.equal(value, arguments.get(0), arguments.line(), arguments.budget());
            case "ne" -> !Values.equal(value, arguments.get(0), arguments.line(), arguments.budget());
            case "in" -> contains(arguments.get(0), value, arguments.line(), arguments.budget());
            default -> throw new Failure(arguments.line(), "test '" + name + "' is not supported");
        };
    }

    static boolean contains(Object container, Object value, int line, Budget budget) {
        if (container instanceof String text && value instanceof String piece) {
            budget.charge(text, line);
            return text.contains(piece);
        }
        if (container instanceof List<?> items) {
            budget.items(items.size(), line);
            return items.stream().anyMatch(item -> Values.equal(item, value, line, budget));
        }
        if (container instanceof Map<?, ?> map) {
            return map.containsKey(value);
        }
        throw new Failure(line, "'in' cannot look for a " + Values.type(value) + " in a " + Values.type(container));
    }

    /** What a loop runs over: list items, mapping keys, or the characters of a string. */
    static List<Object> items(Object value, int line, Budget budget) {
        if (value instanceof List<?> items) {
            budget.items(items.size(), line);
            return new ArrayList<>(items);
        }
        if (value instanceof Map<?, ?> map) {
            return new ArrayList<>(map.keySet());
        }
        if (value instanceof String text) {
            budget.items(text.length(), line);
            return new ArrayList<>(text.codePoints().mapToObj(Character::toString).toList());
        }
        if (value == Marker.UNDEFINED) {
            return List.of();
        }
        throw new Failure(line, "a " + Values.type(value) + " has no items");
    }

    private static Map<?, ?> mapping(Object value, int line) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new Failure(line, "a " + Values.type(value) + " is no mapping");
    }

    private static List<Object> entries(Map<?, ?> map, String what) {
        List<Object> entries = new ArrayList<>();
        map.forEach((key, value) -> entries.add(
                what.equals("keys") ? key : what.equals("values") ? value : List.of(key, value)));
        return entries;
    }

    private static int length(Object value, int line, Budget budget) {
        return value instanceof String text ? text.codePointCount(0, text.length())
                : value instanceof Map<?, ?> map ? map.size() : items(value, line, budget).size();
    }

    private static String capitalize(String text) {
        return text.isEmpty() ? text
                : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1).toLowerCase(Locale.ROOT);
    }
}
