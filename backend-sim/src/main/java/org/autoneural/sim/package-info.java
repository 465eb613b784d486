/**
 * The simulator: {@link org.autoneural.sim.SimBackend} compiles integer programs to kernels over planned memory, with the same bits as
 * the interpreter on every JVM, thread count and kind of kernel.
 */
package org.autoneural.sim;
