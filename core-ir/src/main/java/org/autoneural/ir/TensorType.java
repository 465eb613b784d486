package org.autoneural.ir;

import java.util.Optional;

/**
 * Type of a value: element type, shape and, from the QUANTIZED stage on, its encoding.
 *
 * <p>FLOAT: {@code dtype} f32 and no encoding. QUANTIZED: {@code dtype} f32 with an encoding. INTEGER: {@code dtype} is
 * the encoding's storage; the encoding stays as information for reports and back ends and takes no part in the arithmetic.
 * Index tensors (ids, positions, masks) and pictures are integers without an encoding at every stage.
 */
public record TensorType(DType dtype, Shape shape, Optional<QuantParams> quant) {
    /** A type without an encoding. */
    public static TensorType of(DType dtype, Shape shape) {
        return new TensorType(dtype, shape, Optional.empty());
    }

    /** A type of these extents without an encoding. */
    public static TensorType of(DType dtype, int... dims) {
        return of(dtype, Shape.of(dims));
    }

    /** An f32 type of the given extents. */
    public static TensorType f32(int... dims) {
        return of(DType.F32, Shape.of(dims));
    }

    /** The same elements and encoding in another shape. */
    public TensorType withShape(Shape other) {
        return new TensorType(dtype, other, quant);
    }

    /** The QUANTIZED form: still f32, with an encoding. */
    public TensorType withQuant(QuantParams params) {
        return new TensorType(dtype, shape, Optional.of(params));
    }

    /** The INTEGER form: element type and encoding from {@code params}. */
    public TensorType stored(QuantParams params) {
        return new TensorType(params.storage(), shape, Optional.of(params));
    }

    /** Bytes of all elements, two 4-bit ones in a byte. */
    public long sizeBytes() {
        return dtype.sizeBytes(shape.elements());
    }

    /** {@code s16[1,64,64,32]}; the encoding is printed by the textual form. */
    @Override
    public String toString() {
        return dtype.text() + shape;
    }
}
