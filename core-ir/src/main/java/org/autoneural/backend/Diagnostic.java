package org.autoneural.backend;

import java.util.Locale;

/**
 * One finding of the verifier, the quantizer or a back end.
 *
 * @param code     stable code, {@code IR012}: a prefix for the part that found it and a number; listed in the docs
 * @param severity whether it stops the compilation
 * @param place    graph, node and source tensor
 * @param found    what was found
 * @param allowed  what is allowed instead
 * @param remedy   what to do; may be empty when {@code allowed} says it all
 */
public record Diagnostic(String code, Severity severity, String place, String found, String allowed, String remedy) {
    /** Whether a finding stops the compilation: only an error does. */
    public enum Severity {
        /** Good to know. */
        INFO,
        /** It compiles, and something of it may not be what is wanted. */
        WARNING,
        /** It does not compile. */
        ERROR
    }

    /** A finding that stops the compilation. */
    public static Diagnostic error(String code, String place, String found, String allowed, String remedy) {
        return new Diagnostic(code, Severity.ERROR, place, found, allowed, remedy);
    }

    /** One line: {@code error IR003 at graph vision, node %x (conv2d): found …; allowed …; remedy}. */
    @Override
    public String toString() {
        return severity.name().toLowerCase(Locale.ROOT) + " " + code + " at " + place + ": found " + found
                + "; allowed: " + allowed + (remedy.isEmpty() ? "" : "; " + remedy);
    }
}
