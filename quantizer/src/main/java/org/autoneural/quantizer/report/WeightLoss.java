package org.autoneural.quantizer.report;

/**
 * What rounding does to one constant.
 *
 * @param graph     first entry point that has it
 * @param name      of the constant
 * @param encoding  {@code s4 x512}: storage and number of scales
 * @param distance  rounded against real; channels are those of axis 0
 * @param clipped   share of the elements beyond the largest integer by more than half a step
 */
public record WeightLoss(String graph, String name, String encoding, Distance distance, double clipped) {}
