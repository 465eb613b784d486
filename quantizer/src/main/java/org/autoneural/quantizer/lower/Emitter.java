package org.autoneural.quantizer.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.math.encode.Multiplier;
import org.autoneural.ir.math.encode.MultiplierEncoder;
import org.autoneural.ir.op.AccumulatorProof;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Requantize;
import org.autoneural.ir.op.TensorRescale;

/**
 * Writes the INTEGER graph of one QUANTIZED graph. Activations keep their names; constants are named after the tensor or node
 * that they come from, so that they are the same in every entry point.
 */
final class Emitter {
    /** After the name of a real constant: its integers. */
    static final String INTEGERS = ".q";
    /** After a node's name: the results of rescales that the QUANTIZED graph does not have. */
    static final String REQUANTIZED = ".requantized.";
    static final String MOVED = ".moved";

    private final Graph from;
    private final GraphBuilder to;
    private final ConstantPool pool;
    private final boolean readsWeights;
    /** Integer constants of this graph by the name of the real one. */
    private final Map<String, String> quantized = new HashMap<>();

    /** @param readsWeights whether accumulators follow from the weights or from their types */
    Emitter(Graph from, ConstantPool pool, boolean readsWeights) {
        this.from = from;
        this.to = new GraphBuilder(from.name(), Stage.INTEGER);
        this.pool = pool;
        this.readsWeights = readsWeights;
        from.inputs().forEach(v -> to.input(v, integerType(v)));
    }

    /** The finished graph, with the outputs and states of the original. */
    Graph finish() {
        Map<String, String> states = new HashMap<>();
        for (StateBinding s : from.states()) {
            states.put(s.output(), s.input());
        }
        for (String v : from.outputs()) {
            String state = states.remove(v);
            if (state == null) {
                to.output(operand(v));
            } else {
                to.state(state, operand(v));
            }
        }
        return to.build();
    }

    /** Encoding of a value of the QUANTIZED graph. */
    QuantParams quant(String value) {
        return from.type(value).quant().orElseThrow(() -> new IllegalArgumentException("%" + value + " has no encoding"));
    }

    Shape shape(String value) {
        return from.type(value).shape();
    }

    /** The bound of a sum of products of {@code x} with {@code weights} [O, ..] and of {@code bias}. */
    AccumulatorProof proof(QuantParams x, TensorData weights, TensorData bias) {
        return readsWeights ? AccumulatorProof.of(x.storage(), x.zeroPoint(), weights, Optional.of(bias))
                : AccumulatorProof.ofTypes(x.storage(), x.zeroPoint(), weights.dtype(), weights.elements() / weights.shape().dim(0), bias);
    }

    /** Real values of a constant. */
    TensorData real(String constant) {
        return from.constant(constant).orElseThrow(() -> new IllegalArgumentException("%" + constant + " is computed; allowed: a constant"));
    }

    boolean isReal(String value) {
        return from.type(value).dtype() == DType.F32;
    }

    private TensorType integerType(String value) {
        TensorType type = from.type(value);
        return isReal(value) ? type.stored(quant(value)) : type;
    }

    /** Name of {@code value} in the INTEGER graph; constants are added on their first use. */
    String operand(String value) {
        if (!from.isConstant(value)) {
            return value;
        }
        return quantized.computeIfAbsent(value, v -> isReal(v)
                ? constant(v + INTEGERS, v + INTEGERS, new QuantizedData(real(v), quant(v)), integerType(v))
                : constant(v, v, real(v), from.type(v)));
    }

    /** The integers of a constant that is an operand already. */
    TensorData integers(String constant) {
        return pool.get(operand(constant));
    }

    /** Adds an integer constant without an encoding; returns the name that it got. */
    String constant(String name, String otherwise, Tensor data) {
        return constant(name, otherwise, data, TensorType.of(data.dtype(), data.shape()));
    }

    String constant(String name, String otherwise, TensorData data, TensorType type) {
        ConstantPool.Named named = pool.add(name, otherwise, data);
        return to.constant(named.name(), named.data(), type);
    }

    /** Emits {@code node} with integer op {@code op}, its results as they are and operands by their names here. */
    void emit(Node node, Op op, List<String> operands) {
        to.add(op, node.outputs(), node.outputs().stream().map(this::integerType).toList(), node.source(),
                operands.toArray(String[]::new));
    }

    /** {@link #emit} with the node's own operands. */
    void emit(Node node, Op op) {
        emit(node, op, node.inputs().stream().map(this::operand).toList());
    }

    /** Operand {@code i} of {@code node} in encoding {@code wanted}: as it is, or through a requantize. */
    String operandAs(Node node, int i, QuantParams wanted) {
        String value = node.input(i);
        if (quant(value).sameEncoding(wanted)) {
            return operand(value);
        }
        String name = node.name() + REQUANTIZED + node.op().signature().operands().get(i).name();
        return requantize(operand(value), quant(value), name, wanted, node);
    }

    /** Emits {@code node}, whose result has its operand's encoding, then changes that to the result's own. */
    void emitThenRequantize(Node node, Op op, QuantParams operandQuant) {
        String moved = node.name() + MOVED;
        List<String> operands = new ArrayList<>(node.inputs().stream().map(this::operand).toList());
        to.add(op, List.of(moved), List.of(from.type(node.output()).stored(operandQuant)), node.source(), operands.toArray(String[]::new));
        requantize(moved, operandQuant, node.output(), quant(node.output()), node);
    }

    private String requantize(String value, QuantParams before, String name, QuantParams after, Node node) {
        TensorType type = TensorType.of(after.storage(), to.shape(value)).stored(after);
        to.add(new Requantize(rescale(before.scale() / after.scale(), before, after)), List.of(name), List.of(type), node.source(), value);
        return name;
    }

    /** A rescale by {@code ratio} from {@code in} to {@code out}, over the whole range of {@code out}. */
    static TensorRescale rescale(double ratio, QuantParams in, QuantParams out) {
        Multiplier m = MultiplierEncoder.encode(ratio);
        return new TensorRescale(m.multiplier(), m.shift(), Rounding.SINGLE, in.zeroPoint(), out.zeroPoint(), out.qMin(), out.qMax());
    }
}
