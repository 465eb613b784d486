/**
 * How long a graph would take on a chip: a model of its structure (array, vector unit, on-chip memory, memory bus) with a few
 * speeds fitted to public measurements. Estimates, never measurements; docs/latency.md says how far they may be trusted.
 */
package org.autoneural.sim.cost;
