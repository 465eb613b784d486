package org.autoneural.qnn.map;

import org.autoneural.ir.Node;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.ImageNormalize;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.LastRow;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.MaxPool2d;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Pad;
import org.autoneural.ir.op.Requantize;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.ResizeBilinear;
import org.autoneural.ir.op.ResizeNearest;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Rope;
import org.autoneural.ir.op.SelectRows;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.StridedSlice;
import org.autoneural.ir.op.Transpose;

/** Maps one node; the families stand in classes of their own. */
@FunctionalInterface
interface NodeMapper {
    /** @throws Refusal when there is no legal form */
    void map(Node node, GraphMapper out);

    static NodeMapper of(Op op) {
        if (op instanceof Linear) {
            return WeightedMapping::linear;
        } else if (op instanceof Conv2d) {
            return WeightedMapping::conv2d;
        } else if (op instanceof CausalConv1d) {
            return WeightedMapping::causalConv1d;
        } else if (op instanceof ImageNormalize) {
            return WeightedMapping::imageNormalize;
        } else if (op instanceof MatMul) {
            return AttentionMapping::matMul;
        } else if (op instanceof Softmax) {
            return AttentionMapping::softmax;
        } else if (op instanceof Rope) {
            return AttentionMapping::rope;
        } else if (op instanceof RmsNorm) {
            return NormMapping::rmsNorm;
        } else if (op instanceof LayerNorm) {
            return NormMapping::layerNorm;
        } else if (op instanceof Add) {
            return ElementMapping::add;
        } else if (op instanceof Mul) {
            return ElementMapping::mul;
        } else if (op instanceof Activation) {
            return ElementMapping::activation;
        } else if (op instanceof Requantize) {
            return ElementMapping::requantize;
        } else if (op instanceof Gather) {
            return RowMapping::gather;
        } else if (op instanceof SelectRows) {
            return RowMapping::selectRows;
        } else if (op instanceof LastRow) {
            return RowMapping::lastRow;
        } else if (op instanceof KvAppend) {
            return RowMapping::kvAppend;
        } else if (op instanceof Reshape) {
            return MovementMapping::reshape;
        } else if (op instanceof Transpose) {
            return MovementMapping::transpose;
        } else if (op instanceof Slice) {
            return MovementMapping::slice;
        } else if (op instanceof StridedSlice) {
            return MovementMapping::stridedSlice;
        } else if (op instanceof Concat) {
            return MovementMapping::concat;
        } else if (op instanceof Pad) {
            return MovementMapping::pad;
        } else if (op instanceof AvgPool2d) {
            return ResampleMapping::avgPool2d;
        } else if (op instanceof MaxPool2d) {
            return ResampleMapping::maxPool2d;
        } else if (op instanceof ResizeNearest) {
            return ResampleMapping::resizeNearest;
        } else if (op instanceof ResizeBilinear) {
            return ResampleMapping::resizeBilinear;
        }
        return (node, out) -> {
            throw new Refusal("op " + op.name(), "ops that our own lowering emits", "import the model as float and quantize it here");
        };
    }
}
