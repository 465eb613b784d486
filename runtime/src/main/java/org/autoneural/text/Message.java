package org.autoneural.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One message of a conversation.
 *
 * @param role    {@code system}, {@code user}, {@code assistant} or {@code tool}
 * @param content its parts in order
 */
public record Message(String role, List<Part> content) {
    public Message {
        content = List.copyOf(content);
    }

    /** A message of words only. */
    public static Message of(String role, String text) {
        return new Message(role, List.of(new Part.Text(text)));
    }

    /** What the user asks about {@code pictures} pictures, which come first. */
    public static Message user(int pictures, String question) {
        List<Part> parts = new ArrayList<>(Collections.nCopies(pictures, new Part.Picture()));
        parts.add(new Part.Text(question));
        return new Message("user", parts);
    }

    /** Number of pictures in this message. */
    public int pictures() {
        return (int) content.stream().filter(Part.Picture.class::isInstance).count();
    }
}
