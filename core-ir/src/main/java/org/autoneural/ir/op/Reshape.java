package org.autoneural.ir.op;

import java.util.List;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * The same elements in row-major order, seen with another shape.
 *
 * @param shape extents of the result; as many elements as x
 */
public record Reshape(List<Integer> shape) implements Op {
    static final Signature SIGNATURE = Signature.op("reshape", Engine.MEMORY, "Same elements, another shape")
            .any("x", "any shape")
            .anyOut("y", "[shape]")
            .build();

    public Reshape {
        shape = List.copyOf(shape);
    }

    /** To extents {@code dims}, which have as many elements together as the operand. */
    public static Reshape to(int... dims) {
        return new Reshape(Shape.of(dims).dims());
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Shape to = new Shape(shape);
        Infer.require(to.elements() == in.get(0).shape().elements(), "x %s has %d elements, shape %s has %d",
                in.get(0).shape(), in.get(0).shape().elements(), to, to.elements());
        return List.of(in.get(0).withShape(to));
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.moved(check, 0);
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        out.get(0).copyRange(0, in.get(0), 0, (int) in.get(0).elements());
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.MEMORY, 0, 0, in, out);
    }
}
