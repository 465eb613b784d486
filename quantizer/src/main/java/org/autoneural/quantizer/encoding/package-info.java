/** Encodings of values: planned from a recipe and a target's limits, kept with their origin, and exchanged with other tools as files. */
package org.autoneural.quantizer.encoding;
