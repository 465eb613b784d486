/** Where each value of an entry point lies: regions of memory that are shared as soon as a value is no longer read. */
package org.autoneural.sim.plan;
