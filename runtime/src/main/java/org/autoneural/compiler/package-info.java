/** The driver from a checkpoint to a compiled model, calibration data, the float reference, and evaluation of both. */
package org.autoneural.compiler;
