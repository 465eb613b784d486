/**
 * From a float program to integers: {@link org.autoneural.quantizer.Quantization} calibrates and encodes by a recipe, within the limits
 * of a target; {@link org.autoneural.quantizer.lower} makes integers of the result.
 */
package org.autoneural.quantizer;
