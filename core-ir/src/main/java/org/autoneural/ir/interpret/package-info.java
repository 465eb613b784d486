/**
 * The meaning of a graph, run: plain loops over {@link org.autoneural.ir.op.Op#evaluate}. The fast kernels of the simulator are
 * held to the {@link org.autoneural.ir.interpret.IntegerInterpreter} bit for bit; nothing here is meant to be fast.
 */
package org.autoneural.ir.interpret;
