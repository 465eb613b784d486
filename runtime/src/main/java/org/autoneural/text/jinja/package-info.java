/**
 * The part of the Jinja template language that chat templates use, over a closed set of values.
 *
 * <p>Values are {@code String}, {@code Boolean}, {@code Long}, {@code BigDecimal} (from JSON, printed only), {@code List},
 * {@code Map} with string keys, and the markers none and undefined. A template comes with a checkpoint, from people we do not know:
 * it can reach nothing but these values, and its work and output are bounded.
 */
package org.autoneural.text.jinja;
