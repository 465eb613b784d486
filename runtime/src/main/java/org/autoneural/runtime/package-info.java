/**
 * Running compiled models: {@link org.autoneural.runtime.CompiledModel}, conversations and sessions, sampling. Knows the back
 * ends only through their SPI, and neither the compiler nor the quantizer.
 */
package org.autoneural.runtime;
