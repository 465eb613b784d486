package org.autoneural.qnn.map;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.qnn.graph.QnnContext;
import org.autoneural.qnn.graph.QnnGraph;
import org.autoneural.qnn.graph.QnnNode;
import org.autoneural.qnn.graph.QnnProgram;
import org.autoneural.qnn.graph.QnnProgram.EntryPoint;
import org.autoneural.qnn.graph.QnnProgram.Step;
import org.autoneural.qnn.table.HtpTable;
import org.autoneural.qnn.table.OpTable;

/**
 * An integer program and what became of it. Every entry point has contexts of its own: v68 shares no weights between graphs, so
 * prefill and decode would hold theirs twice in one context, too. An entry point whose graph is too large for a context is cut
 * into several.
 *
 * @param entryPoints  mapped whole, in the order of the program
 * @param sizes        what each context takes, by graph; of an entry point that cannot be cut small enough, of the whole
 * @param tooLarge     names of entry points that cannot be cut into parts which fit
 * @param program      empty when a node is refused or an entry point too large
 */
public record ProgramMapping(List<MappedGraph> entryPoints, List<ContextSize> sizes, List<String> tooLarge, Optional<QnnProgram> program) {
    public ProgramMapping {
        entryPoints = List.copyOf(entryPoints);
        sizes = List.copyOf(sizes);
        tooLarge = List.copyOf(tooLarge);
    }

    /** @param program at stage INTEGER */
    public static ProgramMapping of(Program program, OpTable ops, HtpTable htp) {
        List<MappedGraph> entryPoints = new ArrayList<>();
        List<ContextSize> sizes = new ArrayList<>();
        List<String> tooLarge = new ArrayList<>();
        List<QnnContext> contexts = new ArrayList<>();
        List<EntryPoint> steps = new ArrayList<>();
        for (Graph graph : program.entryPoints()) {
            MappedGraph whole = GraphMapper.map(graph, ops, htp);
            entryPoints.add(whole);
            if (whole.graph().isEmpty()) {
                continue;
            }
            List<QnnGraph> parts = parts(graph, whole.graph().get(), ops, htp);
            if (parts.isEmpty()) {
                tooLarge.add(graph.name());
                sizes.add(ContextSize.of(whole.graph().get()));
                continue;
            }
            parts.forEach(part -> {
                sizes.add(ContextSize.of(part));
                contexts.add(new QnnContext(part.name(), List.of(part)));
            });
            steps.add(new EntryPoint(graph.name(), parts.stream().map(part -> new Step(part.name(), part.name())).toList()));
        }
        boolean complete = steps.size() == program.entryPoints().size();
        return new ProgramMapping(entryPoints, sizes, tooLarge, complete ? Optional.of(new QnnProgram(contexts, steps)) : Optional.empty());
    }

    private static List<QnnGraph> parts(Graph graph, QnnGraph whole, OpTable ops, HtpTable htp) {
        ContextSize size = ContextSize.of(whole);
        long limit = htp.soc().contextBytes();
        if (size.totalBytes() <= limit) {
            return List.of(whole);
        }
        Map<String, Long> bySource = new HashMap<>();
        for (QnnNode node : whole.nodes()) {
            node.inputs().forEach(t -> bySource.merge(node.source(), ContextSize.weightBytes(whole, node, t), Long::sum));
        }
        long[] weights = graph.nodes().stream().mapToLong(n -> bySource.getOrDefault(n.name(), 0L)).toArray();
        // a part has no more inputs, outputs and values in between than the whole
        return GraphSplit.parts(graph, weights, limit - size.ioBytes() - size.activationBytes()).stream()
                .map(part -> GraphMapper.map(part, ops, htp).graph().orElseThrow()).toList();
    }
}
