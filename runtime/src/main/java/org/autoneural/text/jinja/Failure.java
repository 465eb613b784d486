package org.autoneural.text.jinja;

/** What is wrong and on which line; {@link Template} adds the template's name. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int line;

    Failure(int line, String problem) {
        super(problem, null, false, false);
        this.line = line;
    }

    int line() {
        return line;
    }
}
