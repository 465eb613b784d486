package org.autoneural.quantizer;

import java.util.List;
import java.util.stream.Collectors;
import org.autoneural.backend.Diagnostic;

/** A model cannot be quantized or lowered as asked; the message lists every finding (codes QTnnn). */
public final class QuantizationException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient List<Diagnostic> findings;

    /** @param what the sentence above the list of findings */
    public QuantizationException(String what, List<Diagnostic> findings) {
        super(what + ":\n" + findings.stream().map(d -> "  " + d).collect(Collectors.joining("\n")));
        this.findings = List.copyOf(findings);
    }

    /** Everything that stops quantizing. */
    public List<Diagnostic> findings() {
        return findings;
    }
}
