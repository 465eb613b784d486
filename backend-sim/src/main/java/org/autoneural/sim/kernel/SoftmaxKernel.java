package org.autoneural.sim.kernel;

import java.util.Optional;
import org.autoneural.ir.Shape;
import org.autoneural.ir.math.IntSoftmax;

/**
 * Softmax over the innermost axis, s16 or s8 to the same type or s16 to s8. A unit is a row.
 *
 * <p>The results are those of {@link IntSoftmax}: the exponentials come from a table of every difference to the greatest score, and the
 * division by the row's sum is a multiplication by its reciprocal that one comparison makes exact.
 */
final class SoftmaxKernel implements Kernel {
    private final Slot x;
    private final Optional<Slot> pos;
    private final Slot y;
    private final KernelProvider kernels;
    private final int width;
    private final int m;
    /** The exponential of every difference up to the last that is not 0. */
    private final int[] exponential;

    SoftmaxKernel(int[] exponential, Slot x, Optional<Slot> pos, Slot y, KernelProvider kernels) {
        this.x = x;
        this.pos = pos;
        this.y = y;
        this.kernels = kernels;
        Shape shape = x.type().shape();
        width = shape.dim(-1);
        m = shape.rank() > 1 ? shape.dim(-2) : 1;
        this.exponential = exponential;
    }

    @Override
    public int units() {
        return x.length() / width;
    }

    @Override
    public long work() {
        return 12L * x.length();
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.of(width, 0, 0);
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        int position = pos.isPresent() ? pos.get().position(memory) : 0;
        for (int row = from; row < to; row++) {
            int live = pos.isPresent() ? (int) Math.min(width, (long) position + row % m + 1) : width;
            long sum = x.isBytes() ? exponentials(x.bytes(memory), x.offset() + row * width, live, s.a)
                    : exponentials(x.shorts(memory), x.offset() + row * width, live, s.a);
            if (y.isBytes()) {
                normalize(s.a, live, sum, IntSoftmax.BITS_8, IntSoftmax.ZERO_8, Byte.MAX_VALUE);
                y.write(memory, kernels, row * width, live, s.a, 0);
                y.fill(memory, row * width + live, width - live, IntSoftmax.ZERO_8);
            } else {
                normalize(s.a, live, sum, IntSoftmax.BITS_16, 0, Short.MAX_VALUE);
                y.write(memory, kernels, row * width, live, s.a, 0);
                y.fill(memory, row * width + live, width - live, 0);
            }
        }
    }

    private long exponentials(short[] scores, int at, int live, int[] e) {
        int max = Short.MIN_VALUE;
        for (int i = 0; i < live; i++) {
            max = Math.max(max, scores[at + i]);
        }
        int last = exponential.length - 1;
        long sum = 0;
        for (int i = 0; i < live; i++) {
            e[i] = exponential[Math.min(last, max - scores[at + i])];
            sum += e[i];
        }
        return sum;
    }

    private long exponentials(byte[] scores, int at, int live, int[] e) {
        int max = Byte.MIN_VALUE;
        for (int i = 0; i < live; i++) {
            max = Math.max(max, scores[at + i]);
        }
        int last = exponential.length - 1;
        long sum = 0;
        for (int i = 0; i < live; i++) {
            e[i] = exponential[Math.min(last, max - scores[at + i])];
            sum += e[i];
        }
        return sum;
    }

    /** {@code e = min(max, floor((e * 2^bits + sum / 2) / sum) + zero)}. */
    private static void normalize(int[] e, int live, long sum, int bits, int zero, int max) {
        // sum is at least 2^30, the dividend below 2^46: the product is too small by less than 1.
        long reciprocal = (1L << 62) / sum;
        long half = sum >> 1;
        for (int i = 0; i < live; i++) {
            long dividend = ((long) e[i] << bits) + half;
            long q = Math.multiplyHigh(dividend << 2, reciprocal);
            q += dividend - q * sum >= sum ? 1 : 0;
            e[i] = (int) Math.min(max, q + zero);
        }
    }
}
