package org.autoneural.qnn.table;

/**
 * A way in which the mapping writes a node otherwise than it stands in the integer graph.
 *
 * @param code   stable, {@code MAP-ROPE}
 * @param text   what becomes of it, and why
 * @param effect on the numbers
 * @param source where the reason is written
 */
public record Change(String code, String text, String effect, String source) {}
