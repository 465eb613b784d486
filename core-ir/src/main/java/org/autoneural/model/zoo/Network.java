package org.autoneural.model.zoo;

import org.autoneural.ir.Program;

/**
 * A network as built.
 *
 * @param name       as in the measurements ({@code resnet50})
 * @param family     networks of one family resemble each other
 * @param program    FLOAT graphs: one, or the entry points of a language model
 * @param parameters number of parameters as published
 */
public record Network(String name, String family, Program program, long parameters) {}
