package org.autoneural.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs statements and evaluates expressions; one object per rendering. A loop's body has its own scope, if and set have none. */
final class Renderer {
    private final StringBuilder out = new StringBuilder();
    private final Budget budget = new Budget();

    String render(List<Statement> body, Map<String, Object> variables) {
        run(body, new Scope(Optional.empty(), new LinkedHashMap<>(variables)));
        return out.toString();
    }

    private record Scope(Optional<Scope> parent, Map<String, Object> variables) {
        Object get(String name) {
            if (variables.containsKey(name)) {
                return variables.get(name);
            }
            return parent.isPresent() ? parent.get().get(name) : Marker.UNDEFINED;
        }

        Scope inner() {
            return new Scope(Optional.of(this), new LinkedHashMap<>());
        }
    }

    private void run(List<Statement> body, Scope scope) {
        for (Statement statement : body) {
            budget.enter(statement.line());
            run(statement, scope);
            budget.leave();
        }
    }

    private void run(Statement statement, Scope scope) {
        if (statement instanceof Statement.Data data) {
            print(data.text(), data.line());
        } else if (statement instanceof Statement.Print print) {
            print(Values.text(evaluate(print.value(), scope), print.line()), print.line());
        } else if (statement instanceof Statement.Set set) {
            set(set, scope);
        } else if (statement instanceof Statement.SetBlock set) {
            int from = out.length();
            run(set.body(), scope);
            String text = out.substring(from);
            out.setLength(from);
            scope.variables().put(set.name(), text);
        } else if (statement instanceof Statement.If branch) {
            run(Values.truth(evaluate(branch.condition(), scope)) ? branch.whenTrue() : branch.whenFalse(), scope);
        } else if (statement instanceof Statement.For loop) {
            loop(loop, scope);
        }
    }

    private void print(String text, int line) {
        budget.check(out.length() + text.length(), line);
        out.append(text);
    }

    private void set(Statement.Set set, Scope scope) {
        Object value = evaluate(set.value(), scope);
        if (set.attribute().isEmpty()) {
            scope.variables().put(set.name(), value);
        } else if (scope.get(set.name()) instanceof Namespace namespace) {
            namespace.set(set.attribute().get(), value);
        } else {
            throw new Failure(set.line(), "'" + set.name() + "' is a " + Values.type(scope.get(set.name()))
                    + "; only a namespace() can have attributes set");
        }
    }

    private void loop(Statement.For loop, Scope scope) {
        List<Object> all = Builtins.items(evaluate(loop.items(), scope), loop.line(), budget);
        List<Object> items = new ArrayList<>();
        for (Object item : all) {
            Scope inner = scope.inner();
            assign(loop, item, inner);
            if (loop.condition().isEmpty() || Values.truth(evaluate(loop.condition().get(), inner))) {
                items.add(item);
            }
        }
        for (int i = 0; i < items.size(); i++) {
            Scope inner = scope.inner();
            assign(loop, items.get(i), inner);
            inner.variables().put("loop", state(items, i));
            run(loop.body(), inner);
        }
        if (items.isEmpty()) {
            run(loop.whenEmpty(), scope);
        }
    }

    private static void assign(Statement.For loop, Object item, Scope scope) {
        if (loop.targets().size() == 1) {
            scope.variables().put(loop.targets().get(0), item);
            return;
        }
        if (!(item instanceof List<?> values) || values.size() != loop.targets().size()) {
            throw new Failure(loop.line(), "a " + Values.type(item) + " cannot be taken apart into " + loop.targets());
        }
        for (int i = 0; i < values.size(); i++) {
            scope.variables().put(loop.targets().get(i), values.get(i));
        }
    }

    private static Map<String, Object> state(List<Object> items, int index) {
        int size = items.size();
        return Map.of("index", index + 1L, "index0", (long) index, "revindex", (long) size - index,
                "revindex0", size - index - 1L, "first", index == 0, "last", index == size - 1, "length", (long) size,
                "previtem", index == 0 ? Marker.UNDEFINED : items.get(index - 1),
                "nextitem", index == size - 1 ? Marker.UNDEFINED : items.get(index + 1));
    }

    private Object evaluate(Expression expression, Scope scope) {
        budget.enter(expression.line());
        Object value = valueOf(expression, scope);
        budget.leave();
        return value;
    }

    private Object valueOf(Expression expression, Scope scope) {
        if (expression instanceof Expression.Literal literal) {
            return literal.value();
        } else if (expression instanceof Expression.Name name) {
            return scope.get(name.name());
        } else if (expression instanceof Expression.ListOf list) {
            return evaluateAll(list.items(), scope);
        } else if (expression instanceof Expression.MapOf map) {
            Map<String, Object> values = new LinkedHashMap<>();
            map.entries().forEach(entry -> values.put(
                    Values.text(evaluate(entry.getKey(), scope), map.line()), evaluate(entry.getValue(), scope)));
            return values;
        } else if (expression instanceof Expression.Attribute attribute) {
            return member(evaluate(attribute.target(), scope), attribute.name(), attribute.line());
        } else if (expression instanceof Expression.Index index) {
            return indexed(evaluate(index.target(), scope), evaluate(index.index(), scope), index.line());
        } else if (expression instanceof Expression.Slice slice) {
            return sliced(slice, scope);
        } else if (expression instanceof Expression.Call call) {
            return called(call, scope);
        } else if (expression instanceof Expression.Filter filter) {
            return Builtins.filter(evaluate(filter.target(), scope), filter.name(),
                    arguments(filter.arguments(), filter.named(), filter.line(), scope));
        } else if (expression instanceof Expression.Test test) {
            return test.negated() != Builtins.test(evaluate(test.target(), scope), test.name(),
                    arguments(test.arguments(), Map.of(), test.line(), scope));
        } else if (expression instanceof Expression.Choice choice) {
            if (Values.truth(evaluate(choice.condition(), scope))) {
                return evaluate(choice.whenTrue(), scope);
            }
            return choice.whenFalse().isPresent() ? evaluate(choice.whenFalse().get(), scope) : Marker.UNDEFINED;
        } else if (expression instanceof Expression.Unary unary) {
            return unary(unary, evaluate(unary.operand(), scope));
        }
        return binary((Expression.Binary) expression, scope);
    }

    private List<Object> evaluateAll(List<Expression> expressions, Scope scope) {
        List<Object> values = new ArrayList<>();
        expressions.forEach(expression -> values.add(evaluate(expression, scope)));
        return values;
    }

    private Arguments arguments(List<Expression> positional, Map<String, Expression> named, int line, Scope scope) {
        Map<String, Object> namedValues = new LinkedHashMap<>();
        named.forEach((name, value) -> namedValues.put(name, evaluate(value, scope)));
        return new Arguments(evaluateAll(positional, scope), namedValues, line, budget);
    }

    private Object called(Expression.Call call, Scope scope) {
        Arguments arguments = arguments(call.arguments(), call.named(), call.line(), scope);
        if (call.callee() instanceof Expression.Name function) {
            return Builtins.function(function.name(), arguments);
        }
        if (call.callee() instanceof Expression.Attribute method) {
            return Builtins.method(evaluate(method.target(), scope), method.name(), arguments);
        }
        throw new Failure(call.line(), "only functions and methods can be called");
    }

    private static Object member(Object target, String name, int line) {
        if (target instanceof Map<?, ?> map) {
            return map.containsKey(name) ? map.get(name) : Marker.UNDEFINED;
        }
        if (target instanceof Namespace namespace) {
            return namespace.get(name);
        }
        if (target == Marker.UNDEFINED) {
            throw new Failure(line, "'." + name + "' of an undefined value");
        }
        return Marker.UNDEFINED;
    }

    private Object indexed(Object target, Object index, int line) {
        if (index instanceof String name) {
            return member(target, name, line);
        }
        if (!(index instanceof Long number)) {
            throw new Failure(line, "index is a " + Values.type(index) + "; a string or an integer is needed");
        }
        if (!(target instanceof List<?>) && !(target instanceof String)) {
            throw new Failure(line, "a " + Values.type(target) + " has no item number " + number);
        }
        List<Object> items = Builtins.items(target, line, budget);
        long at = number < 0 ? number + items.size() : number;
        return at >= 0 && at < items.size() ? items.get((int) at) : Marker.UNDEFINED;
    }

    private Object sliced(Expression.Slice slice, Scope scope) {
        Object target = evaluate(slice.target(), scope);
        List<Object> items = Builtins.items(target, slice.line(), budget);
        long step = bound(slice.step(), 1, slice.line(), scope);
        if (step == 0) {
            throw new Failure(slice.line(), "slice step is 0");
        }
        int size = items.size();
        long from = clamp(bound(slice.from(), step > 0 ? 0 : size - 1L, slice.line(), scope), slice.from().isPresent(), size, step);
        long to = clamp(bound(slice.to(), step > 0 ? size : -1L, slice.line(), scope), slice.to().isPresent(), size, step);
        List<Object> taken = new ArrayList<>();
        for (long i = from; step > 0 ? i < to : i > to; i += step) {
            taken.add(items.get((int) i));
        }
        if (target instanceof String) {
            StringBuilder text = new StringBuilder();
            taken.forEach(text::append);
            return budget.charge(text.toString(), slice.line());
        }
        return taken;
    }

    private long bound(Optional<Expression> expression, long missing, int line, Scope scope) {
        if (expression.isEmpty()) {
            return missing;
        }
        if (evaluate(expression.get(), scope) instanceof Long number) {
            return number;
        }
        throw new Failure(line, "slice bounds must be integers");
    }

    /** A written bound counts from the end when negative, and stops at the ends of the list. */
    private static long clamp(long bound, boolean written, int size, long step) {
        long at = written && bound < 0 ? bound + size : bound;
        return step > 0 ? Math.max(0, Math.min(size, at)) : Math.max(-1, Math.min(size - 1L, at));
    }

    private static Object unary(Expression.Unary unary, Object operand) {
        if (unary.operator().equals("not")) {
            return !Values.truth(operand);
        }
        if (!(operand instanceof Long number)) {
            throw new Failure(unary.line(), "'" + unary.operator() + "' of a " + Values.type(operand));
        }
        return unary.operator().equals("-") ? -number : number;
    }

    private Object binary(Expression.Binary binary, Scope scope) {
        Object left = evaluate(binary.left(), scope);
        if (binary.operator().equals("and")) {
            return Values.truth(left) ? evaluate(binary.right(), scope) : left;
        }
        if (binary.operator().equals("or")) {
            return Values.truth(left) ? left : evaluate(binary.right(), scope);
        }
        Object right = evaluate(binary.right(), scope);
        int line = binary.line();
        return switch (binary.operator()) {
            case "==" -> Values.equal(left, right, line, budget);
            case "!=" -> !Values.equal(left, right, line, budget);
            case "in" -> Builtins.contains(right, left, line, budget);
            case "not in" -> !Builtins.contains(right, left, line, budget);
            case "~" -> budget.charge(Values.text(left, line) + Values.text(right, line), line);
            case "+" -> sum(left, right, line);
            default -> numeric(binary.operator(), left, right, line);
        };
    }

    private Object sum(Object left, Object right, int line) {
        if (left instanceof String a && right instanceof String b) {
            return budget.charge(a.concat(b), line);
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            List<Object> joined = new ArrayList<>(a);
            budget.items(a.size() + b.size(), line);
            joined.addAll(b);
            return joined;
        }
        return numeric("+", left, right, line);
    }

    private static Object numeric(String operator, Object left, Object right, int line) {
        if (left instanceof String a && right instanceof String b && "<=>=".contains(operator)) {
            return ordered(operator, a.compareTo(b));
        }
        if (!(left instanceof Long a) || !(right instanceof Long b)) {
            throw new Failure(line, "'" + operator + "' of a " + Values.type(left) + " and a " + Values.type(right));
        }
        try {
            return switch (operator) {
                case "+" -> Math.addExact(a, b);
                case "-" -> Math.subtractExact(a, b);
                case "*" -> Math.multiplyExact(a, b);
                case "//" -> Math.floorDiv(a, b);
                case "%" -> Math.floorMod(a, b);
                default -> ordered(operator, Long.compare(a, b));
            };
        } catch (ArithmeticException e) {
            throw new Failure(line, a + " " + operator + " " + b + ": " + e.getMessage());
        }
    }

    private static boolean ordered(String operator, int comparison) {
        return switch (operator) {
            case "<" -> comparison < 0;
            case "<=" -> comparison <= 0;
            case ">" -> comparison > 0;
            default -> comparison >= 0;
        };
    }
}
