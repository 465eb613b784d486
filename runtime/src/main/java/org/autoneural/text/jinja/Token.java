package org.autoneural.text.jinja;

/**
 * One token. {@code text} is the data, name, operator, or the unescaped content of a string.
 *
 * @param line line in the template, from 1
 */
record Token(Kind kind, String text, int line) {
    enum Kind { DATA, TAG_BEGIN, TAG_END, PRINT_BEGIN, PRINT_END, NAME, STRING, INTEGER, OPERATOR, END }

    boolean is(Kind wanted, String wantedText) {
        return kind == wanted && text.equals(wantedText);
    }
}
