package org.autoneural.text.jinja;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What values mean: truth, equality, text and JSON form, as Python has them. */
final class Values {
    private Values() {
    }

    static boolean truth(Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        if (value instanceof Long number) {
            return number != 0;
        }
        if (value instanceof BigDecimal number) {
            return number.signum() != 0;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof Collection<?> items) {
            return !items.isEmpty();
        }
        if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        }
        return !(value instanceof Marker);
    }

    /** Text of a value where a template prints or joins it; undefined is empty. */
    static String text(Object value, int line) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Long || value instanceof BigDecimal) {
            return value.toString();
        }
        if (value instanceof Boolean flag) {
            return flag ? "True" : "False";
        }
        if (value == Marker.UNDEFINED) {
            return "";
        }
        if (value == Marker.NONE) {
            return "None";
        }
        throw new Failure(line, "prints a " + type(value) + " where text is expected; if it is a message's content,"
                + " the template does not take messages made of several parts (pictures)");
    }

    /** Equality; lists and mappings are compared only with something empty or of another type, which is all templates need. */
    static boolean equal(Object left, Object right, int line, Budget budget) {
        if (left instanceof String text) {
            budget.charge(text, line);
        }
        boolean lists = left instanceof List<?> && right instanceof List<?>;
        boolean maps = left instanceof Map<?, ?> && right instanceof Map<?, ?>;
        if (!lists && !maps) {
            return left.equals(right);
        }
        if (truth(left) && truth(right)) {
            throw new Failure(line, "comparing two " + type(left) + "s is not supported");
        }
        return truth(left) == truth(right);
    }

    static String type(Object value) {
        if (value instanceof String) {
            return "string";
        }
        if (value instanceof Long || value instanceof BigDecimal) {
            return "number";
        }
        if (value instanceof Boolean) {
            return "boolean";
        }
        if (value instanceof List<?>) {
            return "list";
        }
        if (value instanceof Map<?, ?>) {
            return "mapping";
        }
        return value instanceof Marker marker ? (marker == Marker.NONE ? "none" : "undefined value") : "namespace";
    }

    /** JSON in the form of Python's {@code json.dumps(value, ensure_ascii=False)}: {@code ", "} and {@code ": "} between items. */
    static String json(Object value, int line, Budget budget) {
        StringBuilder out = new StringBuilder();
        json(value, line, budget, out);
        return budget.charge(out.toString(), line);
    }

    private static void json(Object value, int line, Budget budget, StringBuilder out) {
        budget.enter(line);
        budget.check(out.length(), line);
        if (value instanceof String text) {
            quote(text, out);
        } else if (value instanceof Long || value instanceof BigDecimal || value instanceof Boolean) {
            out.append(value);
        } else if (value == Marker.NONE) {
            out.append("null");
        } else if (value instanceof List<?> items) {
            out.append('[');
            String separator = "";
            for (Object item : items) {
                out.append(separator);
                json(item, line, budget, out);
                separator = ", ";
            }
            out.append(']');
        } else if (value instanceof Map<?, ?> map) {
            out.append('{');
            String separator = "";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(separator);
                quote(entry.getKey().toString(), out);
                out.append(": ");
                json(entry.getValue(), line, budget, out);
                separator = ", ";
            }
            out.append('}');
        } else {
            throw new Failure(line, "tojson of a " + type(value));
        }
        budget.leave();
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < 0x20) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
