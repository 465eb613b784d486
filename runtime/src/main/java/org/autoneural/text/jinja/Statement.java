package org.autoneural.text.jinja;

import java.util.List;
import java.util.Optional;

/** A parsed statement; {@code line} is where it starts, from 1. */
sealed interface Statement {
    int line();

    record Data(String text, int line) implements Statement { }

    record Print(Expression value, int line) implements Statement { }

    /** {@code attribute} is present for {@code set name.attribute = value}, which only a namespace takes. */
    record Set(String name, Optional<String> attribute, Expression value, int line) implements Statement { }

    record SetBlock(String name, List<Statement> body, int line) implements Statement { }

    record If(Expression condition, List<Statement> whenTrue, List<Statement> whenFalse, int line) implements Statement { }

    record For(List<String> targets, Expression items, Optional<Expression> condition, List<Statement> body,
               List<Statement> whenEmpty, int line) implements Statement { }
}
