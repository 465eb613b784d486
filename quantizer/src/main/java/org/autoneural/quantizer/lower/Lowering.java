package org.autoneural.quantizer.lower;

import java.util.ArrayList;
import java.util.List;
import org.autoneural.backend.Diagnostic;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Meter;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.Stage;
import org.autoneural.ir.op.NodeCheck;
import org.autoneural.ir.verify.Verifier;
import org.autoneural.quantizer.QuantizationException;

/**
 * QUANTIZED to INTEGER: every scale becomes a multiplier and a shift, every function a table, every weight integers, every
 * accumulator gets the width that its weights prove. The QUANTIZED graphs alone decide the result.
 *
 * <p>Rounding of every rescale is half up ({@code SINGLE}). Activations keep their names, nodes their {@code source}.
 * Constants: {@code <weight>.q}, {@code <weight>.multiplier}, {@code <weight>.shift}, {@code <node>.table}; where a weight is
 * read by several nodes with different encodings, the later ones' multipliers carry the node's name instead.
 */
public final class Lowering {
    private final ConstantPool pool = new ConstantPool();
    private final List<Diagnostic> findings = new ArrayList<>();
    private final boolean readsWeights;

    private final Meter meter;
    private final long totalNodes;
    private long doneNodes;

    private Lowering(boolean readsWeights, Program program, Meter meter) {
        this.readsWeights = readsWeights;
        this.meter = meter;
        this.totalNodes = program.entryPoints().stream().mapToLong(g -> g.nodes().size()).sum();
    }

    /**
     * Lowers all entry points and verifies the result.
     *
     * @param program at stage QUANTIZED
     * @param meter   told the nodes that are lowered
     * @throws QuantizationException QT010 for each node whose scales, shape or op cannot be made integers
     */
    public static Program lower(Program program, Meter meter) {
        return new Lowering(true, program, meter).run(program);
    }

    /** {@link #lower(Program, Meter)} in silence. */
    public static Program lower(Program program) {
        return lower(program, Meter.silent());
    }

    /**
     * As {@link #lower}, but no weight is read: accumulators are as wide as any weights could need. For looking at the structure of
     * a model whose weights are not there or not wanted.
     */
    public static Program lowerStructure(Program program) {
        return new Lowering(false, program, Meter.silent()).run(program);
    }

    private Program run(Program program) {
        List<Graph> graphs = program.entryPoints().stream().map(this::lower).toList();
        return Verifier.check(new Program(graphs));
    }

    /** Name in the QUANTIZED graph of the constant whose integers are called {@code value}. */
    public static String constantOf(String value) {
        return value.endsWith(Emitter.INTEGERS) ? value.substring(0, value.length() - Emitter.INTEGERS.length()) : value;
    }

    /** Whether an activation is between two encodings of one value, and so not in the QUANTIZED graph. */
    public static boolean isIntermediate(String value) {
        return value.endsWith(Emitter.MOVED) || value.contains(Emitter.REQUANTIZED);
    }

    private Graph lower(Graph graph) {
        if (graph.stage() != Stage.QUANTIZED) {
            throw new IllegalArgumentException(graph + " is not at stage quantized");
        }
        Emitter emitter = new Emitter(graph, pool, readsWeights);
        for (Node node : graph.nodes()) {
            try {
                NodeLowering.of(node.op()).lower(node, emitter);
            } catch (IllegalArgumentException e) {
                findings.add(Diagnostic.error("QT010", NodeCheck.place(graph, node), e.getMessage(),
                        "scales and shapes that the integer arithmetic takes", ""));
            }
            meter.at(++doneNodes, totalNodes);
        }
        if (!findings.isEmpty()) {
            throw new QuantizationException("the model cannot be lowered to integers", findings);
        }
        return emitter.finish();
    }
}
