package org.autoneural.compiler;

import java.util.List;
import java.util.stream.Collectors;
import org.autoneural.backend.Diagnostic;

/** The target cannot run the program as it is; the message lists every finding with its remedy. */
public final class CompileException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient List<Diagnostic> findings;

    CompileException(String target, List<Diagnostic> findings) {
        super("target " + target + " refuses the model:\n"
                + findings.stream().map(d -> "  " + d).collect(Collectors.joining("\n")));
        this.findings = findings;
    }

    /** Everything that the target found, notes included. */
    public List<Diagnostic> findings() {
        return findings;
    }
}
