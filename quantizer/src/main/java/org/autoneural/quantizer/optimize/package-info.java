/** Algorithms that lose less than rounding to nearest: rotations, equalization, SmoothQuant, GPTQ, AdaRound, bias correction. */
package org.autoneural.quantizer.optimize;
