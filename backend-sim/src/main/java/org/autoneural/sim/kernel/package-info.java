/**
 * Kernels: one class a family of ops, each an immutable object that a load makes from a node and all contexts share. The inner
 * loops that matter stand behind {@link org.autoneural.sim.kernel.KernelProvider}, of which there is a plain and a Vector API
 * form; everything else (blocking, padding, rescaling) is the same code for both, so that both give the same bits. A provider may bring
 * whole kernels instead, as {@code nativecode} does in C.
 *
 * <p>No floating-point instruction may stand here (a byte-code test holds that).
 */
package org.autoneural.sim.kernel;
