package org.autoneural.ir.verify;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.autoneural.backend.Diagnostic;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Stage;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.NodeCheck;
import org.autoneural.ir.op.Signature;
import org.autoneural.ir.op.Signature.Operand;
import org.autoneural.ir.op.Signature.Presence;

/**
 * Checks that a graph is legal at its stage: what {@link StageSpec} and the ops' signatures allow, the shape rules, the
 * encodings, and what each op adds in {@link org.autoneural.ir.op.Op#verify}. Codes IR001 to IR019 are given here, IR1xx by
 * the ops.
 */
public final class Verifier {
    /** The rules that this class checks, by code; the docs print them. */
    public static final SortedMap<String, String> RULES = Collections.unmodifiableSortedMap(new TreeMap<>(Map.ofEntries(
            Map.entry("IR001", "A value has an element type that the stage allows"),
            Map.entry("IR002", "No value carries an encoding at the FLOAT stage"),
            Map.entry("IR003", "Every f32 value carries an encoding at the QUANTIZED stage"),
            Map.entry("IR004", "An encoding at the INTEGER stage stores what the value's element type says"),
            Map.entry("IR005", "A per-channel encoding has one scale for each index of its axis"),
            Map.entry("IR006", "A constant's data has the shape and type of its value"),
            Map.entry("IR007", "An op appears only at the stages that its signature names"),
            Map.entry("IR008", "A node has as many operands as its op takes at this stage"),
            Map.entry("IR009", "A node has as many results as its op gives"),
            Map.entry("IR010", "Operands and results have types that the op's signature allows at this stage"),
            Map.entry("IR011", "Operands fit the op's shape rule"),
            Map.entry("IR012", "Results have the types and shapes that the op infers"),
            Map.entry("IR013", "Both ends of a state have the same type and encoding"))));

    private final Graph graph;
    private final StageSpec spec;
    private final List<Diagnostic> findings = new ArrayList<>();

    private Verifier(Graph graph) {
        this.graph = graph;
        this.spec = StageSpec.of(graph.stage());
    }

    /** All findings, in the order of the graph; empty when it is legal. */
    public static List<Diagnostic> verify(Graph graph) {
        Verifier verifier = new Verifier(graph);
        graph.inputs().forEach(verifier::value);
        graph.constants().forEach(verifier::constant);
        graph.nodes().forEach(verifier::node);
        graph.states().forEach(verifier::state);
        return List.copyOf(verifier.findings);
    }

    /** Throws {@link VerifyException} with all findings unless {@code graph} is legal; returns it. */
    public static Graph check(Graph graph) {
        List<Diagnostic> findings = verify(graph);
        if (!findings.isEmpty()) {
            throw new VerifyException(graph, findings);
        }
        return graph;
    }

    /** {@link #check} for every entry point. */
    public static Program check(Program program) {
        program.entryPoints().forEach(Verifier::check);
        return program;
    }

    private void value(String name) {
        TensorType type = graph.type(name);
        String place = "graph " + graph.name() + ", value %" + name;
        if (!spec.valueTypes().contains(type.dtype())) {
            error("IR001", place, type.dtype().text(), "one of " + texts(spec.valueTypes()) + " at stage " + graph.stage().text(), "");
        }
        Optional<QuantParams> quant = type.quant();
        switch (spec.encodings()) {
            case NONE -> quant.ifPresent(q -> error("IR002", place, "encoding " + q, "no encodings at stage " + graph.stage().text(), ""));
            case REQUIRED -> {
                if (type.dtype() == DType.F32 && quant.isEmpty()) {
                    error("IR003", place, "no encoding", "an encoding with an origin for every f32 value",
                            "calibrate it or give a rule for it");
                }
            }
            case INFORMATIVE -> quant.filter(q -> q.storage() != type.dtype()).ifPresent(q ->
                    error("IR004", place, "encoding stored in " + q.storage().text(), type.dtype().text(), ""));
        }
        quant.filter(QuantParams::isPerChannel).ifPresent(q -> {
            if (q.axis() >= type.shape().rank() || q.scaleCount() != type.shape().dim(q.axis())) {
                error("IR005", place, q.scaleCount() + " scales on axis " + q.axis(), "one for each index of an axis of " + type.shape(), "");
            }
        });
    }

    private void constant(String name, TensorData data) {
        value(name);
        TensorType type = graph.type(name);
        boolean sameKind = data.dtype() == type.dtype() || data.dtype().isFloat() && type.dtype() == DType.F32;
        if (!sameKind || !data.shape().equals(type.shape())) {
            error("IR006", "graph " + graph.name() + ", constant %" + name, data.dtype().text() + data.shape() + " data", type.toString(), "");
        }
    }

    private void node(Node node) {
        int before = findings.size();
        NodeCheck check = new NodeCheck(graph, node, findings::add);
        Signature signature = node.op().signature();
        node.outputs().forEach(this::value);
        check.require(signature.stages().contains(graph.stage()), "IR007", "stage " + graph.stage().text(),
                signature.stages().stream().map(Stage::text).sorted().toList(), "run the pass that removes this op (docs/ops.md)");
        check.require(signature.acceptsCount(node.inputs().size(), graph.stage()), "IR008", node.inputs().size() + " operands",
                operandNames(signature), "");
        check.require(signature.results().size() == node.outputs().size(), "IR009", node.outputs().size() + " results",
                signature.results().size(), "");
        if (findings.size() > before) {
            return;
        }
        List<Operand> present = signature.operands().stream()
                .filter(o -> o.presence() != Presence.INTEGER_ONLY || graph.stage() == Stage.INTEGER).toList();
        for (int i = 0; i < node.inputs().size(); i++) {
            type(check, present.get(i), node.input(i));
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            type(check, signature.results().get(i), node.outputs().get(i));
        }
        shapes(check);
        if (findings.size() == before) {
            node.op().verify(check);
        }
    }

    private void type(NodeCheck check, Operand operand, String value) {
        Set<DType> allowed = graph.stage() == Stage.INTEGER ? operand.integerTypes() : operand.floatTypes();
        DType found = graph.type(value).dtype();
        check.require(allowed.contains(found), "IR010", operand.name() + " (%" + value + ") of type " + found.text(),
                texts(allowed), "");
    }

    private void shapes(NodeCheck check) {
        List<TensorType> inferred;
        try {
            inferred = check.node().op().infer(check.ins());
        } catch (IllegalArgumentException e) {
            check.require(false, "IR011", e.getMessage(), "operands that fit the shape rule", "");
            return;
        }
        for (int i = 0; i < inferred.size(); i++) {
            TensorType declared = check.out(i);
            boolean same = declared.shape().equals(inferred.get(i).shape())
                    && (graph.stage() == Stage.INTEGER || declared.dtype() == inferred.get(i).dtype());
            check.require(same, "IR012", "result %" + check.node().outputs().get(i) + " : " + declared, inferred.get(i), "");
        }
    }

    private void state(StateBinding state) {
        TensorType in = graph.type(state.input());
        TensorType out = graph.type(state.output());
        boolean sameEncoding = in.quant().isEmpty() && out.quant().isEmpty()
                || in.quant().isPresent() && out.quant().isPresent() && in.quant().get().sameEncoding(out.quant().get());
        if (in.dtype() != out.dtype() || !in.shape().equals(out.shape()) || !sameEncoding) {
            error("IR013", "graph " + graph.name() + ", state %" + state.input() + " -> %" + state.output(),
                    out + out.quant().map(q -> " " + q).orElse(""), in + in.quant().map(q -> " " + q).orElse(""),
                    "what comes out of one run goes into the next: both need the same type and encoding");
        }
    }

    private void error(String code, String place, String found, String allowed, String remedy) {
        findings.add(Diagnostic.error(code, place, found, allowed, remedy));
    }

    private static List<String> texts(Set<DType> types) {
        return types.stream().sorted().map(DType::text).toList();
    }

    private static String operandNames(Signature signature) {
        return signature.operands().stream().map(o -> switch (o.presence()) {
            case REQUIRED -> o.name();
            case OPTIONAL -> "[" + o.name() + "]";
            case INTEGER_ONLY -> o.name() + " (integer stage)";
        }).toList().toString();
    }
}
