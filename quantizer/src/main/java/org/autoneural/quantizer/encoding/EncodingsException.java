package org.autoneural.quantizer.encoding;

import java.util.List;
import java.util.stream.Collectors;
import org.autoneural.backend.Diagnostic;

/** An encodings file cannot be used; the message lists what is wrong with it (codes QT020 to QT025). */
public final class EncodingsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;
    /** Findings listed; a wrong name can make thousands. */
    private static final int MOST = 20;
    private final transient List<Diagnostic> findings;

    EncodingsException(String file, List<Diagnostic> findings) {
        super("encodings " + file + " cannot be used:\n"
                + findings.stream().limit(MOST).map(d -> "  " + d).collect(Collectors.joining("\n"))
                + (findings.size() > MOST ? "\n  and " + (findings.size() - MOST) + " more" : ""));
        this.findings = List.copyOf(findings);
    }

    /** Everything that is wrong with the file. */
    public List<Diagnostic> findings() {
        return findings;
    }
}
