package org.autoneural.ir.op;

import java.util.List;
import java.util.Locale;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/** Checks shared by the shape rules. */
final class Infer {
    private Infer() {}

    /** Throws with {@code message} unless {@code ok}. */
    static void require(boolean ok, String message, Object... args) {
        if (!ok) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, message, args));
        }
    }

    static void rank(TensorType type, int rank, String operand) {
        require(type.shape().rank() == rank, "%s must have rank %d, is %s", operand, rank, type.shape());
    }

    /** {@code type} must have exactly the extents {@code dims}. */
    static void shape(TensorType type, String operand, int... dims) {
        require(type.shape().equals(Shape.of(dims)), "%s must be %s, is %s", operand, Shape.of(dims), type.shape());
    }

    /** Result of element type {@code like}'s, without an encoding. */
    static List<TensorType> result(TensorType like, Shape shape) {
        return List.of(TensorType.of(like.dtype(), shape));
    }

    static boolean isFloat(List<? extends TensorData> in) {
        return in.get(0).dtype().isFloat();
    }

    /** Elements of all results: the elementary operations of an element-wise op. */
    static long elements(List<TensorType> types) {
        return types.stream().mapToLong(t -> t.shape().elements()).sum();
    }

}
