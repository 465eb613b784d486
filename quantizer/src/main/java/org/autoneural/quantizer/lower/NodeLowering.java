package org.autoneural.quantizer.lower;

import org.autoneural.ir.Node;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.Clamp;
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
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.ResizeBilinear;
import org.autoneural.ir.op.ResizeNearest;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Rope;
import org.autoneural.ir.op.SelectRows;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.Transpose;

/** Lowers one node; the families stand in classes of their own. */
@FunctionalInterface
interface NodeLowering {
    /** @throws IllegalArgumentException saying which number does not fit; the caller adds the place */
    void lower(Node node, Emitter out);

    static NodeLowering of(Op op) {
        if (op instanceof Linear) {
            return WeightedLowering::linear;
        } else if (op instanceof Conv2d) {
            return WeightedLowering::conv2d;
        } else if (op instanceof CausalConv1d) {
            return WeightedLowering::causalConv1d;
        } else if (op instanceof Gather) {
            return WeightedLowering::gather;
        } else if (op instanceof MatMul) {
            return ProductLowering::matMul;
        } else if (op instanceof Mul) {
            return ProductLowering::mul;
        } else if (op instanceof Add) {
            return ElementLowering::add;
        } else if (op instanceof Activation) {
            return ElementLowering::activation;
        } else if (op instanceof Clamp) {
            return ElementLowering::clamp;
        } else if (op instanceof ImageNormalize) {
            return ElementLowering::imageNormalize;
        } else if (op instanceof RmsNorm) {
            return NormLowering::rmsNorm;
        } else if (op instanceof LayerNorm) {
            return NormLowering::layerNorm;
        } else if (op instanceof Softmax) {
            return AttentionLowering::softmax;
        } else if (op instanceof Rope) {
            return AttentionLowering::rope;
        } else if (op instanceof KvAppend) {
            return AttentionLowering::kvAppend;
        } else if (op instanceof AvgPool2d) {
            return ResampleLowering::avgPool2d;
        } else if (op instanceof MaxPool2d) {
            return MovementLowering::maxPool2d;
        } else if (op instanceof ResizeBilinear) {
            return ResampleLowering::resizeBilinear;
        } else if (op instanceof Concat) {
            return MovementLowering::concat;
        } else if (op instanceof SelectRows) {
            return MovementLowering::selectRows;
        } else if (op instanceof Reshape || op instanceof Transpose || op instanceof Slice || op instanceof LastRow
                || op instanceof ResizeNearest) {
            return MovementLowering::move;
        }
        return (node, out) -> {
            throw new IllegalArgumentException("op " + op.name() + " has no integer form; run the passes that fold it away first");
        };
    }
}
