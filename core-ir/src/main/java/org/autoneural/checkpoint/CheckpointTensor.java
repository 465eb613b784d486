package org.autoneural.checkpoint;

import static org.autoneural.checkpoint.StrictJson.quote;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Objects;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorData;

/**
 * One tensor of a checkpoint, row-major, read from the mapped file element by element or in ranges; it holds no copy.
 * Valid until its file is closed. Safe for use by several threads.
 */
public final class CheckpointTensor implements TensorData {
    // Elements decoded per step: a multiple of 4 (four 6-bit elements fill whole bytes), at most a window of 64-bit ones.
    private static final int STEP_ELEMENTS = 1 << 15;

    private final Path file;
    private final SafetensorsHeader.Entry entry;
    private final MappedFile data;

    CheckpointTensor(Path file, SafetensorsHeader.Entry entry, MappedFile data) {
        this.file = file;
        this.entry = entry;
        this.data = data;
    }

    /** The file that holds the tensor; with {@link #name()} it is the source that messages name. */
    public Path file() {
        return file;
    }

    /** The name in the file. */
    public String name() {
        return entry.name();
    }

    /** The type in the file. */
    public SafetensorsDType storedType() {
        return entry.dtype();
    }

    /** Size in the file, in bytes. */
    public long sizeBytes() {
        return entry.endBytes() - entry.beginBytes();
    }

    /** {@link SafetensorsDType#irType()} of the stored type; {@link CheckpointException} for complex numbers. */
    @Override
    public DType dtype() {
        requireReal();
        return entry.dtype().irType().orElseThrow();
    }

    @Override
    public Shape shape() {
        return entry.shape();
    }

    /**
     * {@inheritDoc} Types of up to 16 bits and F32 are exact, wider ones rounded to nearest even.
     * {@link CheckpointException} for complex numbers.
     */
    @Override
    public float getFloat(long index) {
        requireReal();
        return entry.dtype().toFloat(raw(index));
    }

    /** {@inheritDoc} {@link CheckpointException} when the tensor is not of integers, or the element is 2^63 or more. */
    @Override
    public long getLong(long index) {
        if (!entry.dtype().isInteger()) {
            throw fail("its type is " + entry.dtype() + "; integers are needed", "Read it as floats.");
        }
        long value = entry.dtype().toLong(raw(index));
        if (value < 0 && entry.dtype() == SafetensorsDType.U64) {
            throw fail("element " + index + " is " + Long.toUnsignedString(value) + "; at most " + Long.MAX_VALUE + " is supported",
                    "Export it as I64.");
        }
        return value;
    }

    @Override
    public void readFloats(long from, float[] target, int offset, int count) {
        requireReal();
        Objects.checkFromIndexSize(from, count, elements());
        Objects.checkFromIndexSize(offset, count, target.length);
        SafetensorsDType dtype = entry.dtype();
        for (int done = 0; done < count; ) {
            long first = from + done & -4L; // starts on a whole byte for every type
            int skip = (int) (from + done - first);
            int n = Math.min(count - done, STEP_ELEMENTS - skip);
            long at = offsetBytes(first);
            decode(dtype, data.segment(at), MappedFile.position(at), skip, target, offset + done, n);
            done += n;
        }
    }

    /** Copies bytes {@code fromByte .. fromByte+count-1} of the tensor, as they stand in the file, to {@code target[offset..]}. */
    public void readBytes(long fromByte, byte[] target, int offset, int count) {
        Objects.checkFromIndexSize(fromByte, count, sizeBytes());
        for (int done = 0; done < count; ) {
            long at = entry.beginBytes() + fromByte + done;
            int n = Math.min(count - done, MappedFile.WINDOW_BYTES);
            data.segment(at).get(MappedFile.position(at), target, offset + done, n);
            done += n;
        }
    }

    /** {@code model.safetensors: "a.weight" BF16 [64,32]} */
    @Override
    public String toString() {
        return file + ": " + quote(name()) + " " + entry.dtype() + " " + shape();
    }

    CheckpointException fail(String problem, String remedy) {
        return new CheckpointException(file, "tensor " + quote(name()) + ": " + problem, remedy);
    }

    private long raw(long index) {
        long first = Objects.checkIndex(index, elements()) & -4L;
        long at = offsetBytes(first);
        return entry.dtype().raw(data.segment(at), MappedFile.position(at), (int) (index - first));
    }

    // The two types that large checkpoints come in take a short cut past the switch over types.
    private static void decode(
            SafetensorsDType dtype, ByteBuffer segment, int position, int skip, float[] target, int to, int n) {
        switch (dtype) {
            case BF16 -> {
                for (int i = 0; i < n; i++) {
                    target[to + i] = Float.intBitsToFloat(segment.getShort(position + 2 * (skip + i)) << 16);
                }
            }
            case F32 -> segment.slice(position + 4 * skip, 4 * n).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(target, to, n);
            default -> {
                for (int i = 0; i < n; i++) {
                    target[to + i] = dtype.toFloat(dtype.raw(segment, position, skip + i));
                }
            }
        }
    }

    // first: a multiple of 4
    private long offsetBytes(long first) {
        return entry.beginBytes() + first / 4 * entry.dtype().bits() / 2;
    }

    private void requireReal() {
        if (entry.dtype() == SafetensorsDType.C64) {
            throw fail("its type is C64 (complex numbers); real numbers are needed",
                    "Export real and imaginary parts as two tensors.");
        }
    }
}
