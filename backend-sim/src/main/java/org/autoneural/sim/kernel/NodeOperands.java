package org.autoneural.sim.kernel;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.Softmax;

/**
 * What a kernel is made from: a node, where its operands and results lie, and its constants.
 *
 * @param graph  the graph of the node
 * @param node   the node
 * @param slots  where each operand and result lies; asked for activations and index tensors only
 * @param shared what is made of constants
 */
public record NodeOperands(Graph graph, Node node, Function<String, Slot> slots, SharedConstants shared) {
    /** Operand {@code i}, from 0, which the node must have. */
    public Slot in(int i) {
        return slots.apply(node.input(i));
    }

    /** Result {@code i}, from 0. */
    public Slot out(int i) {
        return slots.apply(node.outputs().get(i));
    }

    /** Operand i, if the node has it. */
    public Optional<Slot> optional(int i) {
        return node.inputs().size() > i ? Optional.of(in(i)) : Optional.empty();
    }

    /**
     * Whether nobody reads what lies beyond the positions that the rows of a causal product's or softmax's result see: its readers are
     * causal, of the same position, and stop there. A run that is {@linkplain Memory#isWatched watched} shows it all the same.
     *
     * @param pos which operand is the position
     */
    public boolean isUnreadBeyond(int pos) {
        String y = node.outputs().get(0);
        String position = node.input(pos);
        return !graph.outputs().contains(y) && graph.consumers(y).stream().allMatch(reader -> reader.op() instanceof Softmax
                ? reader.inputs().equals(List.of(y, position))
                : reader.op() instanceof MatMul op && op.causal() && !op.transposeB() && reader.inputs().indexOf(y) == 0
                        && reader.inputs().lastIndexOf(y) == 0 && reader.input(2).equals(position));
    }

    /** Operand i, which {@link KernelRules} has found to be a constant. */
    public TensorData constant(int i) {
        return graph.constant(node.input(i)).orElseThrow();
    }

    /** Elements of an integer constant of at most 32 bits. */
    public int[] ints(int i) {
        return shared.ints(constant(i));
    }

    /** Elements of an integer constant of at most 16 bits. */
    public short[] shorts(int i) {
        return shared.shorts(constant(i));
    }
}
