package org.autoneural.ir.text;

/** The textual form is malformed; the message has line, column and what was expected. */
public final class IrSyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    IrSyntaxException(String message) {
        super(message);
    }
}
