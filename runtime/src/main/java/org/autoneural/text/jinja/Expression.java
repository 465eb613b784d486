package org.autoneural.text.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A parsed expression; {@code line} is where it starts, from 1. */
sealed interface Expression {
    int line();

    record Literal(Object value, int line) implements Expression { }

    record Name(String name, int line) implements Expression { }

    record ListOf(List<Expression> items, int line) implements Expression { }

    record MapOf(List<Map.Entry<Expression, Expression>> entries, int line) implements Expression { }

    record Attribute(Expression target, String name, int line) implements Expression { }

    record Index(Expression target, Expression index, int line) implements Expression { }

    record Slice(Expression target, Optional<Expression> from, Optional<Expression> to, Optional<Expression> step, int line)
            implements Expression { }

    record Call(Expression callee, List<Expression> arguments, Map<String, Expression> named, int line) implements Expression { }

    record Filter(Expression target, String name, List<Expression> arguments, Map<String, Expression> named, int line)
            implements Expression { }

    record Test(Expression target, String name, List<Expression> arguments, boolean negated, int line) implements Expression { }

    record Unary(String operator, Expression operand, int line) implements Expression { }

    record Binary(String operator, Expression left, Expression right, int line) implements Expression { }

    record Choice(Expression condition, Expression whenTrue, Optional<Expression> whenFalse, int line) implements Expression { }
}
