package org.autoneural.compare;

/**
 * What one variant would explain of a departure.
 *
 * @param variant name, as {@code i32_sat}; two changes at once are joined by {@code " + "}
 * @param meaning one phrase for the reader
 * @param fits    departing elements that are what this variant gives
 * @param breaks  agreeing elements that would depart with this variant
 */
public record Explanation(String variant, String meaning, long fits, long breaks) {}
