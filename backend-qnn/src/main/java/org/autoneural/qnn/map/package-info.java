/**
 * From integer graphs to QNN graphs: one class for each family of ops, the writer that they share, the cut into contexts, and
 * the estimate of what a context takes. docs/qnn-mapping.md lists op by op what becomes what.
 */
package org.autoneural.qnn.map;
