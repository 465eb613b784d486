package org.autoneural.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.autoneural.backend.TensorListener;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;

/**
 * Where the time of a session's runs goes: for each entry point and each kind of work, an op with the types of its operands, how
 * often it ran and for how long. Takes up the sessions of {@link CompiledModel#newSession(OpTimes)}; of one thread at a time.
 */
public final class OpTimes {
    private final Map<String, Map<String, Sum>> sums = new LinkedHashMap<>();

    /**
     * Ops of one kind.
     *
     * @param op    name and types of operands and result: {@code linear s16[1,2048] s4[8192,2048] -> s16[1,8192]}
     * @param count ops that ran
     * @param nanos time of all of them
     */
    public record OpTime(String op, long count, long nanos) {}

    private static final class Sum {
        private long count;
        private long nanos;
    }

    /** Kinds of work of an entry point, the longest first; none when it did not run. */
    public List<OpTime> of(String entryPoint) {
        List<OpTime> times = new ArrayList<>();
        sums.getOrDefault(entryPoint, Map.of()).forEach((op, sum) -> times.add(new OpTime(op, sum.count, sum.nanos)));
        times.sort(Comparator.comparingLong(OpTime::nanos).reversed());
        return times;
    }

    /** Forgets what was measured. */
    public void clear() {
        sums.clear();
    }

    /** Measures one run that begins now. A node's time ends with its last result. */
    TensorListener measure(Program program, String entryPoint) {
        Graph graph = program.entryPoint(entryPoint);
        Map<String, Sum> entry = sums.computeIfAbsent(entryPoint, e -> new LinkedHashMap<>());
        long[] before = {System.nanoTime()};
        return (value, tensor) -> {
            long now = System.nanoTime();
            Node node = graph.producer(value).orElseThrow();
            Sum sum = entry.computeIfAbsent(kind(graph, node), k -> new Sum());
            if (value.equals(node.output())) {
                sum.count++;
            }
            sum.nanos += now - before[0];
            before[0] = System.nanoTime();
        };
    }

    /** The first two operands that are not constants of a channel or a table say what an op works on. */
    private static String kind(Graph graph, Node node) {
        StringBuilder text = new StringBuilder(node.op().name());
        node.inputs().stream().limit(2).filter(input -> graph.type(input).shape().rank() > 1)
                .forEach(input -> text.append(' ').append(graph.type(input)));
        return text.append(" -> ").append(graph.type(node.output())).toString();
    }
}
