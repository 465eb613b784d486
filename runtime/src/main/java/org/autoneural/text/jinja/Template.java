package org.autoneural.text.jinja;

import java.util.List;
import java.util.Map;

/**
 * A parsed template. Immutable; may be rendered from many threads.
 *
 * <p>Tags: if, elif, else, for (with if and else), set (also as a block, also of a namespace's attribute), generation.
 * Expressions: everything but calls of user macros, powers, true division and decimal numbers. What is not supported is an
 * error that names the line, never a wrong prompt. Semantics follow Jinja 3.1 with trim_blocks and lstrip_blocks, the setting
 * chat templates are written for (https://jinja.palletsprojects.com/en/stable/templates/).
 */
public final class Template {
    /** The value that templates call none. */
    public static final Object NONE = Marker.NONE;

    private static final int MAX_CHARS = 512 * 1024;

    private final String name;
    private final List<Statement> body;

    private Template(String name, List<Statement> body) {
        this.name = name;
        this.body = body;
    }

    /**
     * Parses a template of at most 524,288 characters.
     *
     * @param name what errors call it, such as the file it came from
     * @throws TemplateException naming the line and what was found against what is allowed
     */
    public static Template parse(String source, String name) {
        if (source.length() > MAX_CHARS) {
            throw new TemplateException(name, 1, "has " + source.length() + " characters, at most " + MAX_CHARS + " are read");
        }
        try {
            return new Template(name, Parser.parse(Lexer.tokens(source)));
        } catch (Failure failure) {
            throw new TemplateException(name, failure.line(), failure.getMessage());
        }
    }

    /**
     * Renders the template.
     *
     * @param variables String, Boolean, Long, BigDecimal, List and Map (string keys) values, nested at will
     * @throws TemplateException when the template refuses the values, uses what is not supported, or does too much work
     */
    public String render(Map<String, Object> variables) {
        try {
            return new Renderer().render(body, variables);
        } catch (Failure failure) {
            throw new TemplateException(name, failure.line(), failure.getMessage());
        }
    }
}
