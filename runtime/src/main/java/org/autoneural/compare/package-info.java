/**
 * Holds the tensors of another implementation (a device, a second back end) against the meaning of each op, and says which op
 * departs first, by how much, and which known variant of the arithmetic explains it. The format of dumps is docs/dumps.md.
 */
package org.autoneural.compare;
