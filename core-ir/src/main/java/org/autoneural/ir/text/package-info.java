/** The textual form of graphs: printer and parser, which round-trip, and a Graphviz view. */
package org.autoneural.ir.text;
