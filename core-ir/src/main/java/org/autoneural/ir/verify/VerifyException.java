package org.autoneural.ir.verify;

import java.util.List;
import java.util.stream.Collectors;
import org.autoneural.backend.Diagnostic;
import org.autoneural.ir.Graph;

/** A graph is not legal at its stage; the message lists every finding. */
public final class VerifyException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient List<Diagnostic> findings;

    VerifyException(Graph graph, List<Diagnostic> findings) {
        super(graph + " is not legal:\n" + findings.stream().map(d -> "  " + d).collect(Collectors.joining("\n")));
        this.findings = findings;
    }

    /** Every rule that is broken, and where. */
    public List<Diagnostic> findings() {
        return findings;
    }
}
