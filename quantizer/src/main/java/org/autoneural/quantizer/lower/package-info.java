/** QUANTIZED to INTEGER: scales become multipliers and shifts, functions become tables, accumulators get the width that they need. */
package org.autoneural.quantizer.lower;
