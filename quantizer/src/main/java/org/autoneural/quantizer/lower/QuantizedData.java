package org.autoneural.quantizer.lower;

import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorData;
import org.autoneural.quantizer.encoding.Encodings;

/**
 * The integers of a constant, rounded (half to even) from its real values each time they are read: the values stay in the
 * checkpoint's mapped file, and nothing as large as a weight comes to the heap.
 */
final class QuantizedData implements TensorData {
    private static final int CHUNK = 4096;

    private final TensorData values;
    private final QuantParams quant;
    private final int inner;
    private Optional<long[]> rowMagnitudes = Optional.empty();

    /** @param quant of s4, s8 or s16; per tensor, or per index of axis 0 */
    QuantizedData(TensorData values, QuantParams quant) {
        if (quant.isPerChannel() && quant.axis() != 0) {
            throw new IllegalArgumentException("constants have one scale a tensor or one for each index of axis 0, not of axis " + quant.axis());
        }
        this.values = values;
        this.quant = quant;
        this.inner = quant.isPerChannel() ? values.shape().inner(0) : Integer.MAX_VALUE;
    }

    @Override
    public DType dtype() {
        return quant.storage();
    }

    @Override
    public Shape shape() {
        return values.shape();
    }

    @Override
    public float getFloat(long index) {
        return getLong(index);
    }

    @Override
    public long getLong(long index) {
        return Encodings.quantize(values.getFloat(index), quant, (int) (index / inner));
    }

    @Override
    public void readInts(long from, int[] target, int offset, int count) {
        float[] piece = new float[Math.min(CHUNK, count)];
        for (int done = 0; done < count;) {
            int channel = (int) ((from + done) / inner);
            long channelLeft = (channel + 1L) * inner - from - done;
            int n = (int) Math.min(Math.min(piece.length, count - done), channelLeft);
            values.readFloats(from + done, piece, 0, n);
            for (int i = 0; i < n; i++) {
                target[offset + done + i] = Encodings.quantize(piece[i], quant, channel);
            }
            done += n;
        }
    }

    /** Computed once: the proof of every accumulator asks for them, for each entry point and after every pass. */
    @Override
    public synchronized long[] rowMagnitudes() {
        if (rowMagnitudes.isEmpty()) {
            rowMagnitudes = Optional.of(TensorData.super.rowMagnitudes());
        }
        return rowMagnitudes.get();
    }

    /**
     * Whether both give the same integers, when both are made from constants of one name: those of two entry points are the
     * same tensor ({@link org.autoneural.ir.Program}), even if a pass computed it once for each.
     */
    boolean sameAs(QuantizedData other) {
        return values.shape().equals(other.values.shape()) && quant.sameEncoding(other.quant);
    }
}
