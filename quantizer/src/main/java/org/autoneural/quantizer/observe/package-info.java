/** Calibration: samples run through the float program, and observers find the range of each value. */
package org.autoneural.quantizer.observe;
