/**
 * Compile time: turns real scales and functions into the integers that {@link org.autoneural.ir.math} works with.
 *
 * <p>Here floating point is allowed, but every result must be the same on every JVM: basic arithmetic and {@link StrictMath}
 * only, never {@link Math} for a transcendental function.
 */
package org.autoneural.ir.math.encode;
