package org.autoneural.qnn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.autoneural.backend.Diagnostic;
import org.autoneural.backend.Survey;
import org.autoneural.backend.Survey.Context;
import org.autoneural.backend.Survey.NodeVerdict;
import org.autoneural.backend.Survey.Reason;
import org.autoneural.backend.Survey.Verdict;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.Stage;
import org.autoneural.qnn.map.MappedGraph;
import org.autoneural.qnn.map.NodeMapping;
import org.autoneural.qnn.map.ProgramMapping;
import org.autoneural.qnn.table.Change;
import org.autoneural.qnn.table.GraphCheck;
import org.autoneural.qnn.table.HtpTable;
import org.autoneural.qnn.table.Rule;
import org.autoneural.qnn.table.Violation;

/** A mapping as the rest of the compiler sees it: a survey of nodes and contexts, and diagnostics QNN001 to QNN004. */
final class ProgramSurvey {
    /** Where the op table comes from. */
    private static final String OP_TABLE_SOURCE = "QNN op definitions and HTP supplement, SDK 2.25";
    private static final String MAPPING_SOURCE = "docs/qnn-mapping.md";

    private ProgramSurvey() {}

    static Survey of(ProgramMapping mapping, HtpTable htp) {
        List<NodeVerdict> nodes = new ArrayList<>();
        for (MappedGraph graph : mapping.entryPoints()) {
            graph.nodes().forEach(n -> nodes.add(verdict(graph.name(), n, htp)));
        }
        long limit = htp.soc().contextBytes();
        List<Context> contexts = mapping.sizes().stream().map(s -> new Context(s.graph(), s.weightBytes(), s.ioBytes(), s.activationBytes(),
                s.totalBytes() <= limit)).toList();
        return new Survey(nodes, contexts, limit);
    }

    private static NodeVerdict verdict(String graph, NodeMapping node, HtpTable htp) {
        if (!node.refused().isEmpty()) {
            return new NodeVerdict(graph, node.node(), node.op(), Verdict.REFUSED, List.of(), node.refused().stream().map(v -> reason(v, htp)).toList());
        }
        List<Reason> reasons = node.changes().stream().map(ProgramSurvey::reason).toList();
        return new NodeVerdict(graph, node.node(), node.op(), reasons.isEmpty() ? Verdict.LEGAL : Verdict.REWRITTEN, node.becomes(), reasons);
    }

    private static Reason reason(Change change) {
        return new Reason(change.code(), change.text(), change.effect(), change.source(), "");
    }

    private static Reason reason(Violation violation, HtpTable htp) {
        String source = htp.rules().stream().filter(r -> r.code().equals(violation.code())).map(Rule::source).findFirst()
                .orElse(violation.code().equals(GraphCheck.OP_TABLE) ? OP_TABLE_SOURCE : MAPPING_SOURCE);
        return new Reason(violation.code(), "found " + violation.found() + "; allowed: " + violation.allowed(), "", source, violation.remedy());
    }

    /** QNN001 for each graph that is not at stage INTEGER. */
    static List<Diagnostic> wrongStage(Program program) {
        List<Diagnostic> findings = new ArrayList<>();
        for (Graph graph : program.entryPoints()) {
            if (graph.stage() != Stage.INTEGER) {
                findings.add(Diagnostic.error("QNN001", "graph " + graph.name(), "stage " + graph.stage().text(), "stage integer",
                        "quantize and lower the graph first"));
            }
        }
        return findings;
    }

    /**
     * QNN002 for each refused node, QNN003 for each entry point that no cut makes small enough, QNN004 for each way of rewriting
     * that changes numbers.
     */
    static List<Diagnostic> diagnostics(ProgramMapping mapping, HtpTable htp) {
        List<Diagnostic> findings = new ArrayList<>();
        Map<String, Integer> counts = new TreeMap<>();
        for (MappedGraph graph : mapping.entryPoints()) {
            for (NodeMapping node : graph.nodes()) {
                node.refused().forEach(v -> findings.add(Diagnostic.error("QNN002", "graph " + graph.name() + ", node %" + node.node() + " (" + node.op() + ")",
                        v.found(), v.allowed() + " (" + v.code() + ")", v.remedy())));
                node.changes().stream().filter(c -> !c.effect().equals("none")).forEach(c -> counts.merge(c.code(), 1, Integer::sum));
            }
        }
        mapping.tooLarge().forEach(name -> findings.add(Diagnostic.error("QNN003", "graph " + name,
                mapping.sizes().stream().filter(s -> s.graph().equals(name)).findFirst().orElseThrow().totalBytes() + " bytes, and no cut between layers makes it fit",
                "at most " + htp.soc().contextBytes() + " bytes in one context", "use fewer bits for the weights, or a shorter context")));
        counts.forEach((code, count) -> findings.add(new Diagnostic("QNN004", Diagnostic.Severity.WARNING, count + " nodes",
                htp.change(code).text(), "the simulator's numbers (" + code + ")", "the device differs from the simulator there: " + htp.change(code).effect())));
        return findings;
    }
}
