/**
 * The graph: {@link org.autoneural.ir.Graph} of {@link org.autoneural.ir.Node}s over named values, with types, encodings and constants;
 * several entry points over one set of weights are a {@link org.autoneural.ir.Program}. Everything is immutable; builders and
 * rewriters make new ones.
 */
package org.autoneural.ir;
