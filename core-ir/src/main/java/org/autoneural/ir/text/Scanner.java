package org.autoneural.ir.text;

/** Reads words and punctuation of the textual form; {@code //} starts a comment. */
final class Scanner {
    private final String text;
    private int at;

    Scanner(String text) {
        this.text = text;
    }

    /** Whether {@code token} stands next. */
    boolean at(String token) {
        skip();
        return text.startsWith(token, at);
    }

    /** Consumes {@code token} if it stands next. */
    boolean accept(String token) {
        boolean there = at(token);
        if (there) {
            at += token.length();
        }
        return there;
    }

    void expect(String token) {
        if (!accept(token)) {
            throw error("expected '" + token + "', found " + next());
        }
    }

    void expectEnd() {
        skip();
        if (at < text.length()) {
            throw error("expected the end, found " + next());
        }
    }

    /** Characters not read yet. */
    int remaining() {
        return text.length() - at;
    }

    /** A run of letters, digits and {@code _ . - + / $}. */
    String word() {
        skip();
        int from = at;
        while (at < text.length() && isWord(text.charAt(at))) {
            at++;
        }
        if (from == at) {
            throw error("expected a word, found " + next());
        }
        return text.substring(from, at);
    }

    /** A double-quoted string; {@code \"} and {@code \\} stand for the characters themselves. */
    String quoted() {
        expect("\"");
        StringBuilder s = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\\') {
                at++;
            }
            if (at < text.length()) {
                s.append(text.charAt(at++));
            }
        }
        expect("\"");
        return s.toString();
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || "_.-+/$".indexOf(c) >= 0;
    }

    private void skip() {
        while (at < text.length()) {
            if (Character.isWhitespace(text.charAt(at))) {
                at++;
            } else if (text.startsWith("//", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else {
                return;
            }
        }
    }

    private String next() {
        skip();
        return at >= text.length() ? "the end" : "'" + text.substring(at, Math.min(text.length(), at + 12)).strip() + "'";
    }

    IrSyntaxException error(String message) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < at && i < text.length(); i++) {
            column++;
            if (text.charAt(i) == '\n') {
                line++;
                column = 1;
            }
        }
        return new IrSyntaxException("line " + line + ", column " + column + ": " + message);
    }
}
