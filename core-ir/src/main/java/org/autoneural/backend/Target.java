package org.autoneural.backend;

/**
 * Something a back end compiles for.
 *
 * @param name        as on the command line ({@code sim}, {@code qnn-sa8295p})
 * @param description one line
 */
public record Target(String name, String description) {}
