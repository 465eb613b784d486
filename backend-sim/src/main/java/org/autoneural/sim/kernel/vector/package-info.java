/** Kernels with the Vector API. Loaded only where the module {@code jdk.incubator.vector} is there. */
package org.autoneural.sim.kernel.vector;
