package org.autoneural.backend;

import java.util.ArrayList;
import java.util.List;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.op.NodeCheck;

/**
 * What a target makes of an INTEGER program, node by node, and what it takes there.
 *
 * @param nodes             one for each node of each entry point, in order
 * @param contexts          what is loaded together on the target, with its size; empty where the target has no such limit
 * @param contextLimitBytes what one context may take; 0 where there is no limit
 */
public record Survey(List<NodeVerdict> nodes, List<Context> contexts, long contextLimitBytes) {
    public Survey {
        nodes = List.copyOf(nodes);
        contexts = List.copyOf(contexts);
    }

    /** Whether a node runs on the target. */
    public enum Verdict {
        /** As it stands. */
        LEGAL,
        /** Written otherwise, for the reasons that are given. */
        REWRITTEN,
        /** Not at all. */
        REFUSED
    }

    /**
     * One node.
     *
     * @param entryPoint graph it stands in
     * @param node       its first result
     * @param op         its op
     * @param becomes    ops of the target, in order; empty when it is refused
     * @param reasons    why it is rewritten or refused
     */
    public record NodeVerdict(String entryPoint, String node, String op, Verdict verdict, List<String> becomes, List<Reason> reasons) {
        public NodeVerdict {
            becomes = List.copyOf(becomes);
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Why a node is not taken as it stands.
     *
     * @param code   of the rule
     * @param text   the rule in words; of a refusal, what was found against what is allowed
     * @param effect of a rewriting on the numbers
     * @param source where the rule is written
     * @param remedy what to do about a refusal; empty for a rewriting
     */
    public record Reason(String code, String text, String effect, String source, String remedy) {}

    /**
     * What is loaded together.
     *
     * @param name            of the graph in it
     * @param fits            whether it stays below the limit
     */
    public record Context(String name, long weightBytes, long ioBytes, long activationBytes, boolean fits) {
        /** The sum of all three. */
        public long totalBytes() {
            return weightBytes + ioBytes + activationBytes;
        }
    }

    /** For a target that runs every node as it stands or not at all: {@code findings} are those of its {@link Backend#check}. */
    static Survey of(Program program, List<Diagnostic> findings) {
        List<NodeVerdict> nodes = new ArrayList<>();
        for (Graph graph : program.entryPoints()) {
            for (Node node : graph.nodes()) {
                List<Reason> refused = findings.stream().filter(d -> d.severity() == Diagnostic.Severity.ERROR && d.place().equals(NodeCheck.place(graph, node)))
                        .map(d -> new Reason(d.code(), "found " + d.found() + "; allowed: " + d.allowed(), "", "docs/diagnostics.md", d.remedy())).toList();
                nodes.add(new NodeVerdict(graph.name(), node.name(), node.op().name(), refused.isEmpty() ? Verdict.LEGAL : Verdict.REFUSED,
                        refused.isEmpty() ? List.of(node.op().name()) : List.of(), refused));
            }
        }
        return new Survey(nodes, List.of(), 0);
    }
}
