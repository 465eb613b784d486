/**
 * What goes to the vendor's calls, as plain records: contexts of graphs of tensors and nodes, in the order in which they are
 * created. The mapping makes them, the binding consumes them, goldens print them. Encodings have the vendor's sign convention,
 * which is converted in {@link org.autoneural.qnn.graph.Encoding} and nowhere else.
 */
package org.autoneural.qnn.graph;
