package org.autoneural.qnn.table;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A limit of an architecture, beside those of the op table.
 *
 * @param code      stable, {@code V68-MATMUL}
 * @param kind      what is checked
 * @param ops       names of ops it holds for; {@code *} for all
 * @param arguments as {@link Kind} explains
 * @param text      the limit in words
 * @param remedy    what to do
 * @param source    where it is written
 */
public record Rule(String code, Kind kind, List<String> ops, List<String> arguments, String text, String remedy, String source) {
    public Rule {
        ops = List.copyOf(ops);
        arguments = List.copyOf(arguments);
    }

    /** Kinds of limits; {@code htp.txt} explains their arguments. */
    public enum Kind {
        /** The operand has none of some types. */
        TYPE,
        /** The operand has at most so many axes. */
        RANK,
        /** Two operands have one encoding. */
        SAME,
        /** An operand of a type has a fixed encoding. */
        ENCODING,
        /** There are at most so many inputs. */
        INPUTS,
        /** A parameter that is given has a fixed value. */
        PARAM,
        /** The parameter names the innermost axis alone. */
        LAST_AXIS,
        /** Scales by channel run along a fixed axis. */
        CHANNEL,
        /** An operand with scales by channel, or with fewer bits than stored, is constant. */
        STATIC,
        /** A 32-bit bias has the scale of the first operand times that of the second. */
        BIAS,
        /** Dilation goes with some strides and windows only. */
        DILATION,
        /** The first operand and the results have one scale each, never one by channel. */
        ACTIVATION,
        /** Nothing is checked: it stands for itself. */
        NOTE;

        static Kind parse(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    static Rule parse(List<String> row) {
        return new Rule(row.get(1), Kind.parse(row.get(3)), words(row.get(4)), words(row.get(5)), row.get(6), row.get(7), row.get(8));
    }

    boolean holdsFor(String op) {
        return ops.contains("*") || ops.contains(op);
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split("\\s+")).toList();
    }
}
