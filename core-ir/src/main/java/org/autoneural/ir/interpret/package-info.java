/**
 * The meaning of a graph, run: plain loops over {@link org.autoneural.ir.op.Op#evaluate}. The fast kernels of the simulator are
 * held to the {@link org.autoneural.ir.interpret.IntegerInterpreter} bit for bit. Beside them
 * {@link org.autoneural.ir.interpret.FastFloatInterpreter}, the fast float executor of calibration and the float reference.
 */
package org.autoneural.ir.interpret;
