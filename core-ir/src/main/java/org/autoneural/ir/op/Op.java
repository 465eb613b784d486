package org.autoneural.ir.op;

import java.util.List;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * An operation: a record of its attributes that carries everything there is to know about it. The quantizer, the simulator,
 * the back ends, the latency model and the generated docs all read it here. The list of them all is {@link Ops}.
 *
 * <p>An op has one meaning on floats and one on integers. The integer form needs numbers that the float form has not
 * (multipliers, zero points); they are the record component {@code integer}, empty before the INTEGER stage.
 */
public sealed interface Op permits Activation, Add, AvgPool2d, Bias, CausalConv1d, Clamp, Concat, Conv2d, Gather,
        ImageNormalize, KvAppend, LastRow, LayerNorm, Linear, MatMul, MaxPool2d, Mul, Pad, Requantize, Reshape, ResizeBilinear,
        ResizeNearest, RmsNorm, Rope, Scale, SelectRows, Slice, Softmax, StridedSlice, TfliteSoftmax16, TfliteSoftmax8, Transpose {

    /** Name, operands and allowed types, as data. */
    Signature signature();

    /** Name in the textual form. */
    default String name() {
        return signature().name();
    }

    /**
     * Result types from operand types. Shapes hold at every stage; the element type is that of the FLOAT stage (at the
     * INTEGER stage the lowering chooses it and only the shapes are compared).
     *
     * @throws IllegalArgumentException saying which operand does not fit, its shape, and the shape that would
     */
    List<TensorType> infer(List<TensorType> in);

    /** Reports what makes the node illegal beyond its signature and shapes; nothing by default. */
    default void verify(NodeCheck check) {}

    /**
     * The exact meaning, slow and plain. Element type of the operands decides: f32 in, f32 out; integers in, integers out.
     *
     * @param in  operands in the order of the signature
     * @param out results, allocated with their types, to be filled
     */
    void evaluate(List<TensorData> in, List<Tensor> out);

    /** Work of one node with these operand and result types. */
    Cost cost(List<TensorType> in, List<TensorType> out);
}
