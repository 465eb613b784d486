/**
 * Exact integer arithmetic of the run time: rescaling, tables, exponential, softmax, norms, rotary embedding.
 *
 * <p>No floating-point instruction may stand in this package (a byte-code test holds that); real scales become integers in
 * {@link org.autoneural.ir.math.encode}. Row functions are static, allocate nothing, and work on arrays with offsets, so
 * that the interpreter and the scalar kernels call the same code. The written contract is {@code docs/integer-semantics.md}.
 */
package org.autoneural.ir.math;
