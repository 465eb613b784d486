package org.autoneural.compare;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;

/**
 * A tensor of a dump.
 *
 * @param value  its name in our graph, when the writer knows it
 * @param source the module or tensor of the checkpoint that it is the result of
 * @param dtype  s8, u8, s16, u16, s32 or s64
 * @param file   raw elements, row-major, little-endian
 */
public record DumpedTensor(Optional<String> value, Optional<String> source, DType dtype, Shape shape, Path file) {
    /** How messages call it. */
    String name() {
        return value.or(() -> source).orElseThrow();
    }

    /** Whether it can hold what our graph stores as {@code ours}: the same type, or the unsigned one of the same width. */
    boolean fits(DType ours) {
        return dtype == ours || centred(ours);
    }

    private boolean centred(DType ours) {
        return dtype == DType.U8 && ours == DType.S8 || dtype == DType.U16 && ours == DType.S16;
    }

    /** The elements as our graph stores them: unsigned values of a signed tensor are moved down by half their range. */
    Tensor read(DType ours) {
        ByteBuffer bytes;
        try {
            bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new DumpException(file, "cannot be read: " + e.getMessage(), e);
        }
        if (bytes.remaining() != dtype.sizeBytes(shape.elements())) {
            throw new DumpException(file, "has " + bytes.remaining() + " bytes, " + dtype.text() + shape + " takes "
                    + dtype.sizeBytes(shape.elements()) + "; it changed while it was read");
        }
        long centre = centred(ours) ? (dtype.max() + 1) / 2 : 0;
        Tensor tensor = Tensor.zeros(ours, shape);
        for (int i = 0; i < (int) shape.elements(); i++) {
            tensor.setLong(i, next(bytes) - centre);
        }
        return tensor;
    }

    private long next(ByteBuffer bytes) {
        return switch (dtype) {
            case S8 -> bytes.get();
            case U8 -> bytes.get() & 0xFF;
            case S16 -> bytes.getShort();
            case U16 -> bytes.getShort() & 0xFFFF;
            case S32 -> bytes.getInt();
            default -> bytes.getLong();
        };
    }
}
