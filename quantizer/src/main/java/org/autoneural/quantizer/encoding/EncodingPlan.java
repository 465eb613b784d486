package org.autoneural.quantizer.encoding;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.autoneural.backend.Capabilities;
import org.autoneural.backend.Capabilities.Role;
import org.autoneural.backend.Diagnostic;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.QuantParams.Origin;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.Clamp;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.ImageNormalize;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.LastRow;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.MaxPool2d;
import org.autoneural.ir.op.NodeCheck;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.ResizeNearest;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Rope;
import org.autoneural.ir.op.SelectRows;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.Transpose;
import org.autoneural.quantizer.QuantizationException;
import org.autoneural.quantizer.observe.Observer;
import org.autoneural.quantizer.recipe.RangeKind;
import org.autoneural.quantizer.recipe.Recipe;
import org.autoneural.quantizer.recipe.Recipe.WeightUse;
import org.autoneural.quantizer.recipe.Treatment.Scales;

/**
 * For every f32 value of every entry point the rule that gives its encoding; values of one name have one rule.
 *
 * <ul>
 * <li>Activations are measured. Data movement passes its operand's encoding on.</li>
 * <li>Second operands of products of two activations are stored as the target wants them (s8 on Hexagon v68), and so is all
 *     that only they read: the fresh keys and values, and their caches.</li>
 * <li>A convolution's state is tied to what flows into it, a cache to the fresh rows.</li>
 * <li>Embeddings that are selected row by row against visual tokens have the selection's encoding, so that a graph without
 *     the selection (decode) sees the same integers.</li>
 * </ul>
 */
public final class EncodingPlan {
    private final Program program;
    private final Recipe recipe;
    private final Capabilities target;
    private final Map<String, Rule> rules = new LinkedHashMap<>();
    /** Values that are stored as keys and values are. */
    private final Set<String> narrow = new LinkedHashSet<>();
    /** Embeddings and the selections that they are tied to. */
    private final Map<String, String> selected = new TreeMap<>();
    private final Map<String, List<Node>> consumers = new HashMap<>();
    private final List<Diagnostic> findings = new ArrayList<>();
    private final List<Diagnostic> notes = new ArrayList<>();
    private final Set<String> narrowedGains = new HashSet<>();
    private final Set<String> refused = new HashSet<>();
    /** Checks that need every rule to be there. */
    private final List<Runnable> whenComplete = new ArrayList<>();

    private EncodingPlan(Program program, Recipe recipe, Capabilities target) {
        this.program = program;
        this.recipe = recipe;
        this.target = target;
    }

    /**
     * Plans the encodings of a FLOAT program.
     *
     * @throws QuantizationException QT002 when one value would need two encodings, QT003 when the target cannot store what the
     *                               recipe asks for, QT004 when a weight is not a constant
     */
    public static EncodingPlan of(Program program, Recipe recipe, Capabilities target) {
        EncodingPlan plan = new EncodingPlan(program, recipe, target);
        plan.narrow();
        program.entryPoints().forEach(plan::assign);
        program.entryPoints().forEach(plan::assignInputs);
        plan.whenComplete.forEach(Runnable::run);
        if (!plan.findings.isEmpty()) {
            throw new QuantizationException("recipe " + recipe.name() + " does not fit the model", plan.findings);
        }
        return plan;
    }

    /**
     * A new observer for each value whose range must be measured. Embeddings share that of the selection they go into: without
     * the selection (decode) they are all that is seen of it.
     */
    public Map<String, Observer> observers() {
        Map<String, Observer> observers = new TreeMap<>();
        rules.values().forEach(r -> {
            if (r instanceof Rule.Measured m) {
                observers.computeIfAbsent(m.rangeOf(), v -> m.kind().observer(m.storage()));
            }
        });
        selected.forEach((embedding, selection) -> {
            if (observers.containsKey(selection)) {
                observers.put(embedding, observers.get(selection));
            }
        });
        return observers;
    }

    /**
     * Takes the encodings of a file instead of this plan's own, with origin {@link Origin#IMPORT}; what follows from them
     * (copies, ties, biases) follows.
     *
     * @param calibrateMissing whether tensors that the file lacks are measured as without a file; otherwise they are errors
     * @throws EncodingsException QT022 to QT025: a tensor that the model lacks or the file lacks, an encoding that the tensor or
     *                            the target cannot have, tied tensors with different encodings
     */
    public void use(EncodingsFile file, boolean calibrateMissing) {
        EncodingImport.apply(this, file, calibrateMissing);
    }

    /** Whether {@code value} is stored as keys and values are. */
    boolean isNarrow(String value) {
        return narrow.contains(value);
    }

    Capabilities target() {
        return target;
    }

    /** The elements of a constant, in whichever entry point it stands. */
    TensorData constant(String value) {
        return program.entryPoints().stream().flatMap(g -> g.constant(value).stream()).findFirst().orElseThrow();
    }

    Program program() {
        return program;
    }

    Recipe recipe() {
        return recipe;
    }

    Map<String, Rule> rules() {
        return rules;
    }

    /** What was done otherwise than a wider target would allow (QT006); empty when nothing was. */
    public List<Diagnostic> notes() {
        return List.copyOf(notes);
    }

    // --- what the target can store

    /** A finding, once for each role and type, when the target does not take {@code wanted}. */
    private void storable(Role role, DType wanted, String field, String value) {
        target.forbids(role, wanted).filter(rule -> refused.add(role + wanted.text())).ifPresent(rule -> findings.add(Diagnostic.error("QT003",
                "recipe " + recipe.name() + ", " + field + " of %" + value, wanted.text(), allowed(role) + " by " + rule,
                "choose another width or another target")));
    }

    private String allowed(Role role) {
        return target.allowed(role).stream().filter(t -> t == DType.S4 || t == DType.S8 || t == DType.S16).map(DType::text).toList().toString();
    }

    /** A norm's gain: 16 bits where the target takes them, else 8 bits in the same container, and a note that says so. */
    private Rule gain(Graph g, Node n) {
        Optional<Capabilities.Rule> limit = target.forbids(Role.NORM_GAIN, DType.S16);
        limit.filter(rule -> narrowedGains.add(n.input(1))).ifPresent(rule -> notes.add(new Diagnostic("QT006", Diagnostic.Severity.INFO,
                NodeCheck.place(g, n) + ", gain %" + n.input(1), "16 bits", allowed(Role.NORM_GAIN) + " by " + rule, "rounded to 8 bits")));
        return new Rule.Gain(limit.isPresent() ? DType.S8 : DType.S16);
    }

    // --- second operands of products

    private void narrow() {
        Set<String> secondOperands = new LinkedHashSet<>();
        for (Graph g : program.entryPoints()) {
            for (Node n : g.nodes()) {
                n.inputs().forEach(v -> consumers.computeIfAbsent(v, k -> new ArrayList<>()).add(n));
                if (n.op() instanceof MatMul) {
                    secondOperands.add(n.input(1));
                }
            }
        }
        narrow.addAll(secondOperands);
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Graph g : program.entryPoints()) {
                for (Node n : g.nodes()) {
                    if (isMovement(n.op()) || n.op() instanceof KvAppend) {
                        changed |= narrowOperands(n, secondOperands);
                    }
                }
            }
        }
    }

    private boolean narrowOperands(Node n, Set<String> secondOperands) {
        if (!narrow.contains(n.output())) {
            return false;
        }
        boolean changed = n.op() instanceof KvAppend && narrow.add(n.input(0));
        String moved = n.input(n.op() instanceof KvAppend ? 1 : 0);
        if (!narrow.contains(moved) && consumers.get(moved).stream().allMatch(c -> readsNarrow(c, moved, secondOperands))) {
            changed |= narrow.add(moved);
        }
        return changed;
    }

    private boolean readsNarrow(Node consumer, String value, Set<String> secondOperands) {
        if (consumer.op() instanceof MatMul) {
            return secondOperands.contains(value) && !consumer.input(0).equals(value);
        }
        return (isMovement(consumer.op()) || consumer.op() instanceof KvAppend) && narrow.contains(consumer.output());
    }

    /** One operand, of whose elements the result consists. */
    private static boolean isMovement(Op op) {
        return op instanceof Reshape || op instanceof Transpose || op instanceof Slice || op instanceof LastRow
                || op instanceof ResizeNearest || op instanceof MaxPool2d;
    }

    // --- rules

    private void assign(Graph g) {
        for (Node n : g.nodes()) {
            if (n.outputs().stream().anyMatch(v -> isReal(g, v))) {
                result(g, n);
            }
            operands(g, n);
        }
    }

    private void result(Graph g, Node n) {
        String y = n.output();
        if (isMovement(n.op())) {
            String x = n.input(0);
            boolean narrowed = narrow.contains(y) && !narrow.contains(x);
            put(g, n, y, narrowed ? measured(g, n, y, y) : new Rule.SameAs(x, Origin.PROPAGATED));
        } else if (n.op() instanceof KvAppend) {
            String fresh = n.input(1);
            boolean same = narrow.contains(y) == narrow.contains(fresh);
            put(g, n, y, same ? new Rule.SameAs(fresh, Origin.TIED) : measured(g, n, y, fresh));
            tie(g, n, n.input(0), y);
        } else if (n.op() instanceof CausalConv1d) {
            put(g, n, y, measured(g, n, y, y));
            put(g, n, n.outputs().get(1), new Rule.SameAs(n.input(0), Origin.PROPAGATED));
            tie(g, n, n.input(1), n.input(0));
        } else if (n.op() instanceof Softmax) {
            put(g, n, y, new Rule.Fixed(activation(g, n.op().name(), y) == DType.S16 ? Encodings.SOFTMAX_16 : Encodings.SOFTMAX_8));
        } else if (n.op() instanceof Gather && onlySelected(y)) {
            put(g, n, y, new Rule.SameAs(selection(y), Origin.TIED));
            selected.put(y, selection(y));
        } else if (clampOf(y).isPresent()) {
            // what the clamp cuts off needs no integers, and the clamp can become the bounds of this node (pass fuse-clamp)
            put(g, n, y, new Rule.SameAs(clampOf(y).get(), Origin.TIED));
        } else {
            put(g, n, y, measured(g, n, y, y));
        }
    }

    /** The result of the clamp that alone reads {@code value}. */
    private Optional<String> clampOf(String value) {
        List<String> readers = consumers.getOrDefault(value, List.of()).stream()
                .map(c -> c.op() instanceof Clamp ? c.output() : "").distinct().toList();
        boolean output = program.entryPoints().stream().anyMatch(g -> g.outputs().contains(value));
        return readers.size() == 1 && !readers.get(0).isEmpty() && !output ? Optional.of(readers.get(0)) : Optional.empty();
    }

    /** Whether {@code embedding} is, wherever it is selected, operand b of one and the same selection. */
    private boolean onlySelected(String embedding) {
        return consumers.getOrDefault(embedding, List.of()).stream().filter(c -> c.op() instanceof SelectRows)
                .map(Node::output).distinct().count() == 1;
    }

    private String selection(String embedding) {
        return consumers.get(embedding).stream().filter(c -> c.op() instanceof SelectRows).findFirst().orElseThrow().output();
    }

    /** A state that is a graph input has the encoding of {@code value}. */
    private void tie(Graph g, Node n, String state, String value) {
        if (g.inputs().contains(state)) {
            put(g, n, state, new Rule.SameAs(value, Origin.TIED));
        }
    }

    private Rule measured(Graph g, Node n, String value, String rangeOf) {
        return measured(g, n.op().name(), value, rangeOf);
    }

    private Rule measured(Graph g, String op, String value, String rangeOf) {
        RangeKind kind = recipe.range(value, op, isVision(g));
        if (narrow.contains(value)) {
            return new Rule.Measured(keysAndValues(value), true, rangeOf, kind);
        }
        DType storage = activation(g, op, value);
        return new Rule.Measured(storage, storage == DType.S16, rangeOf, kind);
    }

    private DType activation(Graph g, String op, String value) {
        DType storage = recipe.activation(value, op, isVision(g));
        storable(Role.ACTIVATION, storage, "activations", value);
        return storage;
    }

    private DType keysAndValues(String value) {
        storable(Role.MATMUL_B, recipe.keysAndValues(), "keysAndValues", value);
        return recipe.keysAndValues();
    }

    private static boolean isVision(Graph g) {
        return g.name().equals("vision");
    }

    private void operands(Graph g, Node n) {
        Op op = n.op();
        if (op instanceof Linear || op instanceof Conv2d) {
            weight(g, n, 1);
            bias(g, n, 2, 0, 1);
        } else if (op instanceof CausalConv1d) {
            weight(g, n, 3);
            bias(g, n, 4, 0, 3);
        } else if (op instanceof Gather) {
            weight(g, n, 0);
        } else if (op instanceof RmsNorm) {
            put(g, n, n.input(1), gain(g, n));
        } else if (op instanceof LayerNorm) {
            put(g, n, n.input(1), gain(g, n));
            put(g, n, n.input(2), new Rule.Beta(n.output()));
        } else if (op instanceof Rope) {
            put(g, n, n.input(1), new Rule.Fixed(Encodings.ROPE_TABLE));
            put(g, n, n.input(2), new Rule.Fixed(Encodings.ROPE_TABLE));
        } else if (op instanceof ImageNormalize) {
            put(g, n, n.input(1), new Rule.Image(DType.S32, n.output(), n.input(1)));
            put(g, n, n.input(2), new Rule.Image(DType.S64, n.output(), n.input(1)));
        } else {
            for (String v : n.inputs()) {
                if (g.isConstant(v) && isReal(g, v)) {
                    DType storage = narrow.contains(v) ? keysAndValues(v) : activation(g, op.name(), v);
                    put(g, n, v, new Rule.FromValues(storage, narrow.contains(v) || storage == DType.S16));
                }
            }
        }
    }

    private void weight(Graph g, Node n, int operand) {
        String w = n.input(operand);
        if (!g.isConstant(w)) {
            findings.add(Diagnostic.error("QT004", NodeCheck.place(g, n), "weight %" + w + " is computed", "a constant weight",
                    "run constant folding first, or use matmul for a product of two activations"));
            return;
        }
        WeightUse use = new WeightUse(w, n.op().name(), isVision(g), g.type(w).shape().inner(0));
        DType storage = recipe.weightStorage(use);
        storable(Role.WEIGHT, storage, "weights", w);
        boolean search = recipe.scales(use) != Scales.MAX;
        // a table that is also a weight (tied embeddings) takes the wider of both
        if (rules.get(w) instanceof Rule.Weight before) {
            rules.remove(w);
            storage = before.storage().bits() > storage.bits() ? before.storage() : storage;
            search |= before.search();
        }
        put(g, n, w, new Rule.Weight(storage, search));
    }

    private void bias(Graph g, Node n, int operand, int x, int w) {
        if (n.inputs().size() > operand) {
            put(g, n, n.input(operand), new Rule.Bias(n.input(x), n.input(w)));
        }
    }

    /** Inputs that nothing is tied to and that no other entry point computes. */
    private void assignInputs(Graph g) {
        for (StateBinding s : g.states()) {
            if (isReal(g, s.input())) {
                rules.putIfAbsent(s.input(), new Rule.SameAs(s.output(), Origin.TIED));
            }
        }
        for (String v : g.inputs()) {
            if (isReal(g, v)) {
                rules.putIfAbsent(v, measured(g, "", v, v));
            }
        }
    }

    private void put(Graph g, Node n, String value, Rule rule) {
        Rule before = rules.putIfAbsent(value, rule);
        if (before == null || before.equals(rule)) {
            return;
        }
        Runnable conflict = () -> findings.add(Diagnostic.error("QT002", NodeCheck.place(g, n) + ", value %" + value, rule.toString(),
                before.toString(), "a value has one encoding wherever it appears: give one of them another name"));
        if (before instanceof Rule.SameAs a && rule instanceof Rule.SameAs b) {
            // one entry point may move a value in fewer steps than another: what counts is where it comes from
            whenComplete.add(() -> {
                if (!origin(a.value()).equals(origin(b.value()))) {
                    conflict.run();
                }
            });
        } else {
            conflict.run();
        }
    }

    /** The value whose encoding {@code value} has in the end. */
    String origin(String value) {
        String v = value;
        for (int steps = 0; rules.get(v) instanceof Rule.SameAs s && steps < rules.size(); steps++) {
            v = s.value();
        }
        return v;
    }

    private static boolean isReal(Graph g, String value) {
        return g.type(value).dtype() == DType.F32;
    }
}
