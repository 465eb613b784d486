package org.autoneural.ir.math;

import java.util.Locale;

/**
 * One line of docs/oracles.md: a function held against an exact or high-precision reference.
 *
 * @param function what was measured, and over what
 * @param cases    results compared
 * @param unit     unit of bound and worst
 * @param bound    what docs/integer-semantics.md promises
 * @param worst    greatest error seen
 */
public record OracleRow(String function, long cases, String unit, double bound, double worst) {
    /** As a line of a table. */
    String line() {
        return String.format(Locale.ROOT, "| %s | %d | %s | %s | %s |%n", function, cases, unit, number(bound), number(worst))
                .replace(System.lineSeparator(), "\n");
    }

    private static String number(double v) {
        if (v == 0) {
            return "0";
        }
        return v >= 1e-3 ? String.format(Locale.ROOT, "%.4f", v) : String.format(Locale.ROOT, "%.3e", v);
    }
}
