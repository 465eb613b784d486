package org.autoneural.text.jinja;

/** A template that cannot be parsed or rendered; the message gives its name, the line (from 1) and what is wrong. */
public final class TemplateException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    TemplateException(String template, int line, String problem) {
        super("Template " + template + ", line " + line + ": " + problem);
    }
}
