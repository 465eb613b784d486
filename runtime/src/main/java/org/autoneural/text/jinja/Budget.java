package org.autoneural.text.jinja;

/** Bounds what one rendering may cost, since a template is as little trusted as the checkpoint it came with. */
final class Budget {
    private static final int MAX_STEPS = 1_000_000;
    private static final int MAX_CHARS = 8_000_000;
    /** Sum over every string a template builds or searches. */
    private static final long MAX_TOTAL_CHARS = 100_000_000L;
    private static final int MAX_DEPTH = 400;

    private long steps;
    private int depth;
    private long totalChars;

    void enter(int line) {
        if (++steps > MAX_STEPS) {
            throw new Failure(line, "takes more than " + MAX_STEPS + " steps");
        }
        if (++depth > MAX_DEPTH) {
            throw new Failure(line, "expression nested more than " + MAX_DEPTH + " deep");
        }
    }

    /** Counts work in proportion to a list's length. */
    void items(int count, int line) {
        steps += count;
        if (steps > MAX_STEPS) {
            throw new Failure(line, "takes more than " + MAX_STEPS + " steps");
        }
    }

    void leave() {
        depth--;
    }

    /** Counts a string that was built, or is about to be searched. */
    String charge(String text, int line) {
        check(text.length(), line);
        totalChars += text.length();
        if (totalChars > MAX_TOTAL_CHARS) {
            throw new Failure(line, "handles more than " + MAX_TOTAL_CHARS + " characters");
        }
        return text;
    }

    void check(int chars, int line) {
        if (chars > MAX_CHARS) {
            throw new Failure(line, "text is longer than " + MAX_CHARS + " characters");
        }
    }
}
