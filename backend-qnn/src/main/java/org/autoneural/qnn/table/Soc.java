package org.autoneural.qnn.table;

/**
 * A chip.
 *
 * @param name         {@code sa8295p}
 * @param model        the vendor's number
 * @param architecture of its HTP, 68 for v68
 * @param vtcmMegabytes fast memory of one HTP
 * @param contextBytes what one context may take
 * @param source       where these are written
 */
public record Soc(String name, int model, int architecture, int vtcmMegabytes, long contextBytes, String source) {}
