package org.autoneural.qnn.table;

/**
 * Something that the tables do not allow.
 *
 * @param code    of the rule, or {@code OP-TABLE} for the op table itself
 * @param node    node of the QNN graph
 * @param source  node of the integer graph that it stands for
 * @param found   what was found
 * @param allowed what is allowed
 * @param remedy  what to do
 */
public record Violation(String code, String node, String source, String found, String allowed, String remedy) {
    @Override
    public String toString() {
        return code + " at " + node + ": found " + found + "; allowed: " + allowed + (remedy.isEmpty() ? "" : "; " + remedy);
    }
}
