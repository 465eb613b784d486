/**
 * Kernels in C ({@code src/main/native}): an accelerator that is used when its library loads, with the same bits as the others. Weights
 * are read where they are mapped, arrays of the heap without a copy.
 */
package org.autoneural.sim.kernel.nativecode;
