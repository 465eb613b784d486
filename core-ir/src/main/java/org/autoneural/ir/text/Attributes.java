package org.autoneural.ir.text;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Ops;

/**
 * Attributes of an op as text and back: {@code {strideH=2, pads=[0,0,1,1], integer={rounding=single, zeroIn=0}}}. The
 * record components of the op are the attributes, so an op needs no code for this. Empty optionals are left out; an op
 * without attributes prints as the empty string.
 *
 * <p>Component types: {@code int}, {@code long}, {@code double}, {@code boolean}, enums (lower case), {@code List<Integer>},
 * records of these, and {@code Optional} of a record.
 */
public final class Attributes {
    /** What reflection has found out about a record: asking it again takes longer than all the rest of reading a text. */
    private static final ClassValue<Layout> LAYOUTS = new ClassValue<>() {
        @Override
        protected Layout computeValue(Class<?> type) {
            return Layout.of(type);
        }
    };

    /** Components of a record by name, in order, and what makes one. */
    private record Layout(Map<String, RecordComponent> components, Constructor<?> constructor) {
        static Layout of(Class<?> type) {
            Map<String, RecordComponent> components = new LinkedHashMap<>();
            List<Class<?>> types = new ArrayList<>();
            for (RecordComponent c : type.getRecordComponents()) {
                components.put(c.getName(), c);
                types.add(c.getType());
            }
            try {
                return new Layout(components, type.getDeclaredConstructor(types.toArray(Class<?>[]::new)));
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException("every record has a constructor of its components; " + type, e);
            }
        }
    }

    private Attributes() {}

    /** The attributes of {@code op}, braces included; empty when there are none. */
    public static String print(Op op) {
        String text = printRecord(op);
        return text.equals("{}") ? "" : text;
    }

    /**
     * The op called {@code opName} with the attributes in {@code text} (empty or braces).
     *
     * @throws IrSyntaxException naming the op, the attribute and what was expected
     */
    public static Op parse(String opName, String text) {
        Scanner scanner = new Scanner(text.isEmpty() ? "{}" : text);
        Op op = parse(opName, scanner);
        scanner.expectEnd();
        return op;
    }

    /** As {@link #parse(String, String)}, from the scanner's position; attributes may be absent. */
    static Op parse(String opName, Scanner scanner) {
        Class<? extends Op> type = Ops.named(opName).orElseThrow(() -> scanner.error("unknown op '" + opName + "'; ops: "
                + Ops.all().stream().map(e -> e.signature().name()).collect(Collectors.joining(", ")))).type();
        return type.cast(parseRecord(type, opName, scanner, !scanner.at("{")));
    }

    private static String printRecord(Object record) {
        List<String> parts = new ArrayList<>();
        for (RecordComponent c : record.getClass().getRecordComponents()) {
            Object value = get(record, c);
            if (!(value instanceof Optional<?> o && o.isEmpty())) {
                parts.add(c.getName() + "=" + printValue(value));
            }
        }
        return parts.stream().collect(Collectors.joining(", ", "{", "}"));
    }

    private static String printValue(Object value) {
        if (value instanceof Optional<?> o) {
            return printValue(o.orElseThrow());
        }
        if (value instanceof Enum<?> e) {
            return e.name().toLowerCase(Locale.ROOT);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
        }
        return value instanceof Record ? printRecord(value) : String.valueOf(value);
    }

    private static Object get(Object record, RecordComponent component) {
        try {
            return component.getAccessor().invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }

    /** Parses {@code {name=value, ...}} into a record; {@code absent} stands for empty braces. */
    private static Object parseRecord(Class<?> type, String where, Scanner scanner, boolean absent) {
        Map<String, RecordComponent> components = LAYOUTS.get(type).components();
        Map<String, Object> values = new HashMap<>();
        if (!absent) {
            scanner.expect("{");
            while (!scanner.accept("}")) {
                if (!values.isEmpty()) {
                    scanner.expect(",");
                }
                String name = scanner.word();
                RecordComponent c = components.get(name);
                if (c == null || values.containsKey(name)) {
                    throw scanner.error(where + (c == null ? " has no attribute '" : " has twice the attribute '") + name
                            + "'; attributes: " + components.keySet());
                }
                scanner.expect("=");
                values.put(name, parseValue(c, where + "." + name, scanner));
            }
        }
        Object[] arguments = new Object[components.size()];
        int i = 0;
        for (RecordComponent c : components.values()) {
            Object value = values.get(c.getName());
            if (value == null && c.getType() == Optional.class) {
                value = Optional.empty();
            }
            if (value == null) {
                throw scanner.error(where + " needs the attribute '" + c.getName() + "'");
            }
            arguments[i++] = value;
        }
        try {
            return LAYOUTS.get(type).constructor().newInstance(arguments);
        } catch (InvocationTargetException e) {
            throw scanner.error(where + ": " + e.getCause().getMessage());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot construct " + type, e);
        }
    }

    private static Object parseValue(RecordComponent component, String where, Scanner scanner) {
        if (component.getType() == Optional.class) {
            Class<?> inner = (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
            return Optional.of(parseValue(inner, where, scanner));
        }
        return parseValue(component.getType(), where, scanner);
    }

    private static Object parseValue(Class<?> type, String where, Scanner scanner) {
        if (type.isRecord()) {
            return parseRecord(type, where, scanner, false);
        }
        if (type == List.class) {
            List<Integer> list = new ArrayList<>();
            scanner.expect("[");
            while (!scanner.accept("]")) {
                if (!list.isEmpty()) {
                    scanner.expect(",");
                }
                list.add(number(scanner, where, Integer::parseInt));
            }
            return list;
        }
        if (type == int.class) {
            return number(scanner, where, Integer::parseInt);
        }
        if (type == long.class) {
            return number(scanner, where, Long::parseLong);
        }
        if (type == double.class) {
            return number(scanner, where, Double::parseDouble);
        }
        String word = scanner.word();
        if (type == boolean.class && (word.equals("true") || word.equals("false"))) {
            return word.equals("true");
        }
        if (type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                if (((Enum<?>) constant).name().toLowerCase(Locale.ROOT).equals(word)) {
                    return constant;
                }
            }
        }
        throw scanner.error(where + " cannot be '" + word + "'");
    }

    private static <T> T number(Scanner scanner, String where, Function<String, T> parse) {
        String word = scanner.word();
        try {
            return parse.apply(word);
        } catch (NumberFormatException e) {
            throw scanner.error(where + " must be a number, is '" + word + "'");
        }
    }
}
