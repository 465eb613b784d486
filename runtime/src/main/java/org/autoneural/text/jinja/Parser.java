package org.autoneural.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Recursive descent over the tokens; precedence as in Jinja: if-else, or, and, not, comparisons, + -, ~, * / // %, unary, postfix. */
final class Parser {
    /** Nesting of blocks and expressions; keeps hostile input from exhausting the stack. */
    private static final int MAX_DEPTH = 100;
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final List<Token> tokens;
    private int at;
    private int depth;

    private Parser(List<Token> tokens) {
        this.tokens = tokens;
    }

    static List<Statement> parse(List<Token> tokens) {
        return new Parser(tokens).body(Set.of());
    }

    /** Statements up to a tag named in {@code enders} (which is left to be read) or, when there are none, the end. */
    private List<Statement> body(Set<String> enders) {
        enter();
        List<Statement> statements = new ArrayList<>();
        while (true) {
            Token token = peek();
            switch (token.kind()) {
                case DATA -> {
                    at++;
                    statements.add(new Statement.Data(token.text(), token.line()));
                }
                case PRINT_BEGIN -> {
                    at++;
                    statements.add(new Statement.Print(expression(), token.line()));
                    expect(Token.Kind.PRINT_END, "");
                }
                case TAG_BEGIN -> {
                    String name = tokens.get(at + 1).text();
                    if (enders.contains(name)) {
                        depth--;
                        return statements;
                    }
                    at++;
                    statements.addAll(tag());
                }
                case END -> {
                    if (!enders.isEmpty()) {
                        throw new Failure(token.line(), "the template ends where one of " + sorted(enders) + " is needed");
                    }
                    depth--;
                    return statements;
                }
                default -> throw new Failure(token.line(), "unexpected " + describe(token));
            }
        }
    }

    private List<Statement> tag() {
        Token name = expect(Token.Kind.NAME);
        return switch (name.text()) {
            case "if" -> List.of(branch(name.line()));
            case "for" -> List.of(loop(name.line()));
            case "set" -> List.of(set(name.line()));
            case "generation" -> generation();
            default -> throw new Failure(name.line(), "tag '" + name.text()
                    + "' is not supported; known are if, elif, else, for, set and generation");
        };
    }

    /** Marks what the model wrote, for training only: the text inside is rendered as it stands. */
    private List<Statement> generation() {
        endTag();
        List<Statement> inside = body(Set.of("endgeneration"));
        closing("endgeneration");
        return inside;
    }

    private Statement branch(int line) {
        Expression condition = expression();
        endTag();
        List<Statement> whenTrue = body(Set.of("elif", "else", "endif"));
        expect(Token.Kind.TAG_BEGIN, "");
        Token next = expect(Token.Kind.NAME);
        List<Statement> whenFalse = List.of();
        if (next.text().equals("elif")) {
            enter();
            whenFalse = List.of(branch(next.line()));
            depth--;
            return new Statement.If(condition, whenTrue, whenFalse, line);
        }
        endTag();
        if (next.text().equals("else")) {
            whenFalse = body(Set.of("endif"));
            closing("endif");
        }
        return new Statement.If(condition, whenTrue, whenFalse, line);
    }

    private Statement loop(int line) {
        List<String> targets = new ArrayList<>();
        do {
            targets.add(expect(Token.Kind.NAME).text());
        } while (accept(Token.Kind.OPERATOR, ","));
        expect(Token.Kind.NAME, "in");
        Expression items = or();
        Optional<Expression> condition = accept(Token.Kind.NAME, "if") ? Optional.of(expression()) : Optional.empty();
        endTag();
        List<Statement> body = body(Set.of("else", "endfor"));
        expect(Token.Kind.TAG_BEGIN, "");
        List<Statement> whenEmpty = List.of();
        Token next = expect(Token.Kind.NAME);
        endTag();
        if (next.text().equals("else")) {
            whenEmpty = body(Set.of("endfor"));
            closing("endfor");
        }
        return new Statement.For(List.copyOf(targets), items, condition, body, whenEmpty, line);
    }

    private Statement set(int line) {
        String name = expect(Token.Kind.NAME).text();
        Optional<String> attribute = accept(Token.Kind.OPERATOR, ".")
                ? Optional.of(expect(Token.Kind.NAME).text()) : Optional.empty();
        if (accept(Token.Kind.OPERATOR, "=")) {
            Expression value = expression();
            endTag();
            return new Statement.Set(name, attribute, value, line);
        }
        if (attribute.isPresent()) {
            throw new Failure(line, "set " + name + "." + attribute.get() + " needs '= value'");
        }
        endTag();
        List<Statement> body = body(Set.of("endset"));
        closing("endset");
        return new Statement.SetBlock(name, body, line);
    }

    private void closing(String name) {
        expect(Token.Kind.TAG_BEGIN, "");
        expect(Token.Kind.NAME, name);
        endTag();
    }

    private void endTag() {
        expect(Token.Kind.TAG_END, "");
    }

    private Expression expression() {
        enter();
        Expression value = or();
        while (peek().is(Token.Kind.NAME, "if")) {
            int line = next().line();
            Expression condition = or();
            Optional<Expression> other = accept(Token.Kind.NAME, "else") ? Optional.of(expression()) : Optional.empty();
            value = new Expression.Choice(condition, value, other, line);
        }
        depth--;
        return value;
    }

    private Expression or() {
        Expression left = and();
        while (peek().is(Token.Kind.NAME, "or")) {
            int line = next().line();
            left = new Expression.Binary("or", left, and(), line);
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (peek().is(Token.Kind.NAME, "and")) {
            int line = next().line();
            left = new Expression.Binary("and", left, not(), line);
        }
        return left;
    }

    private Expression not() {
        if (peek().is(Token.Kind.NAME, "not")) {
            enter();
            int line = next().line();
            Expression value = new Expression.Unary("not", not(), line);
            depth--;
            return value;
        }
        return comparison();
    }

    private Expression comparison() {
        Expression left = sum();
        Optional<Expression> chain = Optional.empty();
        while (true) {
            Token token = peek();
            String operator;
            if (token.kind() == Token.Kind.OPERATOR && COMPARISONS.contains(token.text())) {
                operator = next().text();
            } else if (accept(Token.Kind.NAME, "in")) {
                operator = "in";
            } else if (token.is(Token.Kind.NAME, "not") && tokens.get(at + 1).is(Token.Kind.NAME, "in")) {
                at += 2;
                operator = "not in";
            } else {
                return chain.orElse(left);
            }
            Expression right = sum();
            Expression compared = new Expression.Binary(operator, left, right, token.line());
            chain = Optional.of(chain.<Expression>map(c -> new Expression.Binary("and", c, compared, token.line())).orElse(compared));
            left = right;
        }
    }

    private Expression sum() {
        Expression left = concatenation();
        while (peek().is(Token.Kind.OPERATOR, "+") || peek().is(Token.Kind.OPERATOR, "-")) {
            Token operator = next();
            left = new Expression.Binary(operator.text(), left, concatenation(), operator.line());
        }
        return left;
    }

    private Expression concatenation() {
        Expression left = product();
        while (peek().is(Token.Kind.OPERATOR, "~")) {
            Token operator = next();
            left = new Expression.Binary("~", left, product(), operator.line());
        }
        return left;
    }

    private Expression product() {
        Expression left = unary();
        while (peek().is(Token.Kind.OPERATOR, "*") || peek().is(Token.Kind.OPERATOR, "//") || peek().is(Token.Kind.OPERATOR, "%")) {
            Token operator = next();
            left = new Expression.Binary(operator.text(), left, unary(), operator.line());
        }
        return left;
    }

    private Expression unary() {
        if (peek().is(Token.Kind.OPERATOR, "-") || peek().is(Token.Kind.OPERATOR, "+")) {
            enter();
            Token operator = next();
            Expression value = new Expression.Unary(operator.text(), unary(), operator.line());
            depth--;
            return value;
        }
        return postfix(primary());
    }

    private Expression primary() {
        Token token = next();
        switch (token.kind()) {
            case STRING -> {
                return new Expression.Literal(token.text(), token.line());
            }
            case INTEGER -> {
                return new Expression.Literal(Long.parseLong(token.text()), token.line());
            }
            case NAME -> {
                return switch (token.text()) {
                    case "true", "True" -> new Expression.Literal(true, token.line());
                    case "false", "False" -> new Expression.Literal(false, token.line());
                    case "none", "None" -> new Expression.Literal(Marker.NONE, token.line());
                    default -> new Expression.Name(token.text(), token.line());
                };
            }
            case OPERATOR -> {
                switch (token.text()) {
                    case "(" -> {
                        Expression first = expression();
                        if (accept(Token.Kind.OPERATOR, ")")) {
                            return first;
                        }
                        expect(Token.Kind.OPERATOR, ",");
                        List<Expression> items = new ArrayList<>(List.of(first));
                        items.addAll(items(")"));
                        return new Expression.ListOf(List.copyOf(items), token.line());
                    }
                    case "[" -> {
                        return new Expression.ListOf(items("]"), token.line());
                    }
                    case "{" -> {
                        return map(token.line());
                    }
                    default -> throw new Failure(token.line(), "unexpected " + describe(token) + " where a value is needed");
                }
            }
            default -> throw new Failure(token.line(), "unexpected " + describe(token) + " where a value is needed");
        }
    }

    private List<Expression> items(String closing) {
        List<Expression> items = new ArrayList<>();
        while (!accept(Token.Kind.OPERATOR, closing)) {
            items.add(expression());
            if (!accept(Token.Kind.OPERATOR, ",")) {
                expect(Token.Kind.OPERATOR, closing);
                break;
            }
        }
        return List.copyOf(items);
    }

    private Expression map(int line) {
        List<Map.Entry<Expression, Expression>> entries = new ArrayList<>();
        while (!accept(Token.Kind.OPERATOR, "}")) {
            Expression key = expression();
            expect(Token.Kind.OPERATOR, ":");
            entries.add(Map.entry(key, expression()));
            if (!accept(Token.Kind.OPERATOR, ",")) {
                expect(Token.Kind.OPERATOR, "}");
                break;
            }
        }
        return new Expression.MapOf(List.copyOf(entries), line);
    }

    private Expression postfix(Expression start) {
        Expression value = start;
        int links = 0;
        while (true) {
            Token token = peek();
            if (links++ > MAX_DEPTH) {
                throw new Failure(token.line(), "more than " + MAX_DEPTH + " calls and filters in a row");
            }
            if (accept(Token.Kind.OPERATOR, ".")) {
                value = new Expression.Attribute(value, expect(Token.Kind.NAME).text(), token.line());
            } else if (accept(Token.Kind.OPERATOR, "[")) {
                value = subscript(value, token.line());
            } else if (accept(Token.Kind.OPERATOR, "(")) {
                Map<String, Expression> named = new LinkedHashMap<>();
                value = new Expression.Call(value, arguments(named), named, token.line());
            } else if (accept(Token.Kind.OPERATOR, "|")) {
                String name = expect(Token.Kind.NAME).text();
                Map<String, Expression> named = new LinkedHashMap<>();
                List<Expression> arguments = accept(Token.Kind.OPERATOR, "(") ? arguments(named) : List.of();
                value = new Expression.Filter(value, name, arguments, named, token.line());
            } else if (accept(Token.Kind.NAME, "is")) {
                boolean negated = accept(Token.Kind.NAME, "not");
                String name = expect(Token.Kind.NAME).text();
                Map<String, Expression> named = new LinkedHashMap<>();
                List<Expression> arguments = accept(Token.Kind.OPERATOR, "(") ? arguments(named) : List.of();
                value = new Expression.Test(value, name, arguments, negated, token.line());
            } else {
                return value;
            }
        }
    }

    private Expression subscript(Expression target, int line) {
        Optional<Expression> from = atSliceEnd() ? Optional.empty() : Optional.of(expression());
        if (from.isPresent() && accept(Token.Kind.OPERATOR, "]")) {
            return new Expression.Index(target, from.get(), line);
        }
        expect(Token.Kind.OPERATOR, ":");
        Optional<Expression> to = atSliceEnd() ? Optional.empty() : Optional.of(expression());
        Optional<Expression> step = accept(Token.Kind.OPERATOR, ":") && !atSliceEnd()
                ? Optional.of(expression()) : Optional.empty();
        expect(Token.Kind.OPERATOR, "]");
        return new Expression.Slice(target, from, to, step, line);
    }

    private boolean atSliceEnd() {
        return peek().is(Token.Kind.OPERATOR, ":") || peek().is(Token.Kind.OPERATOR, "]");
    }

    /** Arguments up to the closing bracket; {@code name=value} pairs go to {@code named}. */
    private List<Expression> arguments(Map<String, Expression> named) {
        List<Expression> arguments = new ArrayList<>();
        while (!accept(Token.Kind.OPERATOR, ")")) {
            if (peek().kind() == Token.Kind.NAME && tokens.get(at + 1).is(Token.Kind.OPERATOR, "=")) {
                String name = next().text();
                at++;
                named.put(name, expression());
            } else {
                arguments.add(expression());
            }
            if (!accept(Token.Kind.OPERATOR, ",")) {
                expect(Token.Kind.OPERATOR, ")");
                break;
            }
        }
        return List.copyOf(arguments);
    }

    private void enter() {
        if (++depth > MAX_DEPTH) {
            throw new Failure(peek().line(), "nested more than " + MAX_DEPTH + " deep");
        }
    }

    private Token peek() {
        return tokens.get(at);
    }

    private Token next() {
        Token token = tokens.get(at);
        if (token.kind() != Token.Kind.END) {
            at++;
        }
        return token;
    }

    private boolean accept(Token.Kind kind, String text) {
        if (peek().is(kind, text)) {
            at++;
            return true;
        }
        return false;
    }

    private Token expect(Token.Kind kind) {
        Token token = next();
        if (token.kind() != kind) {
            throw new Failure(token.line(), "unexpected " + describe(token) + " where a " + kind.name().toLowerCase(Locale.ROOT)
                    + " is needed");
        }
        return token;
    }

    private void expect(Token.Kind kind, String text) {
        Token token = next();
        if (!token.is(kind, text)) {
            throw new Failure(token.line(), "unexpected " + describe(token) + " where "
                    + describe(new Token(kind, text, token.line())) + " is needed");
        }
    }

    private static String describe(Token token) {
        return switch (token.kind()) {
            case END -> "end of the template";
            case TAG_BEGIN -> "{%";
            case TAG_END -> "%}";
            case PRINT_BEGIN -> "{{";
            case PRINT_END -> "}}";
            case DATA -> "text";
            case STRING -> "string '" + token.text() + "'";
            default -> "'" + token.text() + "'";
        };
    }

    private static List<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }
}
