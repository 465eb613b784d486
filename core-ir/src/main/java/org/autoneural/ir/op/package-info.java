/**
 * Every op, one record each: signature, shape rule, verifier, float and integer meaning, cost. {@link org.autoneural.ir.op.Ops} lists
 * them; {@link org.autoneural.ir.op.Mul} is a short one to begin with.
 */
package org.autoneural.ir.op;
