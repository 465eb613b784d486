/** Precision plans: which tensors are worth more bits, under a budget of noise, bytes or time. */
package org.autoneural.quantizer.plan;
