package org.autoneural.qnn.map;

import java.util.List;
import org.autoneural.qnn.table.Change;
import org.autoneural.qnn.table.Violation;

/**
 * What became of one node of an integer graph.
 *
 * @param node    its first result
 * @param op      its op
 * @param becomes types of the QNN nodes, in order; empty when it is refused
 * @param changes how it was written otherwise; empty when it is refused
 * @param refused why it cannot be; empty when it can
 */
public record NodeMapping(String node, String op, List<String> becomes, List<Change> changes, List<Violation> refused) {
    public NodeMapping {
        becomes = List.copyOf(becomes);
        changes = List.copyOf(changes);
        refused = List.copyOf(refused);
    }
}
