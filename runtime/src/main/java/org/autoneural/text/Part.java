package org.autoneural.text;

/** One part of a message. */
public sealed interface Part {
    /** Words. */
    record Text(String text) implements Part {
    }

    /** The place of one picture; which one, the caller knows from the order. */
    record Picture() implements Part {
    }
}
