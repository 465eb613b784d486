package org.autoneural.text.jinja;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a template into data and tag tokens, with the white-space rules chat templates are written for:
 * {@code -} strips everything up to the next text; a tag or comment swallows the newline behind it (trim_blocks) and the
 * blanks before it on its line (lstrip_blocks) unless written {@code +}; one newline at the very end is dropped.
 */
final class Lexer {
    private static final List<String> OPERATORS = List.of("//", "==", "!=", "<=", ">=", "**",
            "+", "-", "*", "/", "%", "~", "|", ".", ",", ":", "(", ")", "[", "]", "{", "}", "=", "<", ">");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    /** The last thing consumed ended with a newline, so blanks that follow start a line. */
    private boolean lineStarting = true;
    private boolean stripNext;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String template) {
        String text = template.replace("\r\n", "\n").replace('\r', '\n');
        return new Lexer(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text).run();
    }

    private List<Token> run() {
        while (at < source.length()) {
            int open = nextOpening();
            data(open);
            if (open == source.length()) {
                break;
            }
            char kind = source.charAt(open + 1);
            at = open + 2;
            if (at < source.length() && (source.charAt(at) == '-' || source.charAt(at) == '+')) {
                at++;
            }
            switch (kind) {
                case '#' -> comment();
                case '%' -> tag(Token.Kind.TAG_BEGIN, Token.Kind.TAG_END, "%}");
                default -> tag(Token.Kind.PRINT_BEGIN, Token.Kind.PRINT_END, "}}");
            }
        }
        tokens.add(new Token(Token.Kind.END, "", line));
        return List.copyOf(tokens);
    }

    private int nextOpening() {
        for (int i = source.indexOf('{', at); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            if ("{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return source.length();
    }

    /** Data from {@code at} to {@code end}, stripped as the tags on both sides ask. */
    private void data(int end) {
        String raw = source.substring(at, end);
        String text = stripNext ? raw.stripLeading() : raw;
        boolean startsLine = lineStarting || (stripNext && raw.length() > text.length()
                && raw.charAt(raw.length() - text.length() - 1) == '\n');
        char mark = end + 2 < source.length() ? source.charAt(end + 2) : ' ';
        if (end < source.length() && mark == '-') {
            text = text.stripTrailing();
        } else if (end < source.length() && mark != '+' && source.charAt(end + 1) != '{') {
            int lineStart = text.lastIndexOf('\n') + 1;
            if ((lineStart > 0 || startsLine) && text.substring(lineStart).isBlank()) {
                text = text.substring(0, lineStart);
            }
        }
        if (!text.isEmpty()) {
            tokens.add(new Token(Token.Kind.DATA, text, line));
        }
        advance(end);
        stripNext = false;
    }

    private void comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw new Failure(line, "comment {# is never closed with #}");
        }
        char mark = source.charAt(end - 1);
        advance(end + 2);
        afterTag(mark, true);
    }

    private void tag(Token.Kind begin, Token.Kind end, String closing) {
        int opened = line;
        tokens.add(new Token(begin, "", line));
        int depth = 0;
        while (true) {
            skipBlanks();
            if (at >= source.length()) {
                throw new Failure(opened, "tag is never closed with " + closing);
            }
            boolean marked = "-+".indexOf(source.charAt(at)) >= 0 && source.startsWith(closing, at + 1);
            if (depth == 0 && (marked || source.startsWith(closing, at))) {
                char mark = marked ? source.charAt(at) : ' ';
                tokens.add(new Token(end, "", line));
                advance(at + closing.length() + (marked ? 1 : 0));
                afterTag(mark, begin == Token.Kind.TAG_BEGIN);
                return;
            }
            Token token = next();
            if (token.kind() == Token.Kind.OPERATOR) {
                depth += "([{".contains(token.text()) ? 1 : ")]}".contains(token.text()) ? -1 : 0;
            }
            tokens.add(token);
        }
    }

    private void afterTag(char mark, boolean block) {
        lineStarting = false;
        stripNext = mark == '-';
        if (block && mark != '-' && mark != '+') {
            if (at < source.length() && source.charAt(at) == '\n') {
                advance(at + 1);
                lineStarting = true;
            }
        }
    }

    private Token next() {
        char c = source.charAt(at);
        int start = at;
        if (c == '\'' || c == '"') {
            return string(c);
        }
        if (isDigit(c)) {
            while (at < source.length() && isDigit(source.charAt(at))) {
                at++;
            }
            if (at - start > 18) {
                throw new Failure(line, "number " + source.substring(start, at) + " has more than 18 digits");
            }
            return new Token(Token.Kind.INTEGER, source.substring(start, at), line);
        }
        if (Character.isLetter(c) || c == '_') {
            while (at < source.length() && (Character.isLetterOrDigit(source.charAt(at)) || source.charAt(at) == '_')) {
                at++;
            }
            return new Token(Token.Kind.NAME, source.substring(start, at), line);
        }
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, at)) {
                at += operator.length();
                return new Token(Token.Kind.OPERATOR, operator, line);
            }
        }
        throw new Failure(line, "character '" + c + "' means nothing inside a tag");
    }

    private Token string(char quote) {
        int opened = line;
        StringBuilder text = new StringBuilder();
        int i = at + 1;
        for (; i < source.length() && source.charAt(i) != quote; i++) {
            char c = source.charAt(i);
            if (c != '\\' || i + 1 == source.length()) {
                text.append(c);
                continue;
            }
            char escaped = source.charAt(++i);
            switch (escaped) {
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r' -> text.append('\r');
                case '\\', '\'', '"' -> text.append(escaped);
                case 'u' -> {
                    text.append(hex(i + 1, 4));
                    i += 4;
                }
                case 'x' -> {
                    text.append(hex(i + 1, 2));
                    i += 2;
                }
                default -> text.append('\\').append(escaped);
            }
        }
        if (i >= source.length()) {
            throw new Failure(opened, "string is never closed with " + quote);
        }
        advance(i + 1);
        return new Token(Token.Kind.STRING, text.toString(), opened);
    }

    private char hex(int from, int digits) {
        try {
            return (char) Integer.parseInt(source.substring(from, from + digits), 16);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new Failure(line, "escape in a string needs " + digits + " hexadecimal digits");
        }
    }

    private void skipBlanks() {
        while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
            advance(at + 1);
        }
    }

    /** Moves to {@code to} and counts the lines passed. */
    private void advance(int to) {
        for (int i = at; i < to; i++) {
            if (source.charAt(i) == '\n') {
                line++;
            }
        }
        at = to;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
