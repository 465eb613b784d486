package org.autoneural.sim.kernel;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.op.ProductRescale;

/** From sums of products to stored values, with bias, multiplier and shift of each output channel. */
public final class ChannelSums {
    /** Least shift at which the low 32 bits of a product have no part in the rounding. */
    private static final int FAST_SHIFT = 33;

    private final ChannelRescale rule;
    private final long[] bias;
    private final int[] multiplier;
    private final int[] shift;
    private final boolean wraps;
    /** One rounding and shifts of 1 to 62: for a sum of 32 bits the product has 62 and needs no check. */
    private final boolean simple;
    private final Optional<Fast> fast;
    /** Greatest magnitude of a sum that stays within 32 bits with its bias, or may leave them. */
    private final long room;

    /**
     * What the vector loops need for one rounding of sums modulo 2^32: {@code y = clamp(zero + (hi + half >> shift))}, hi the high 32
     * bits of the sum times {@code high * 2^16 + low}.
     *
     * @param bias  modulo 2^32
     * @param high  {@code multiplier >> 16}
     * @param low   {@code multiplier & 0xFFFF}
     * @param half  2^(n - 33) for a shift of n, 33 to 62
     * @param shift n - 32
     */
    public record Fast(int[] bias, int[] high, int[] low, int[] half, int[] shift, int zero, int min, int max) {
        /** One result, for what a vector loop leaves over. */
        public int result(int sum, int o) {
            long product = (long) (sum + bias[o]) * ((high[o] << 16) + low[o]);
            return Rescale.clamp(zero + (((int) (product >> 32) + half[o]) >> shift[o]), min, max);
        }
    }

    /** @param bias s64 [O]; multiplier: s32 [O]; shift: [O] */
    ChannelSums(ChannelRescale rule, long[] bias, int[] multiplier, int[] shift) {
        this.rule = rule;
        this.bias = bias;
        this.multiplier = multiplier;
        this.shift = shift;
        wraps = rule.accumulator() == Accumulator.I32_WRAP;
        boolean plain = rule.rounding() == Rounding.SINGLE;
        boolean deep = true;
        for (int s : shift) {
            plain &= s >= 1 && s <= Rescale.MAX_SHIFT;
            deep &= s >= FAST_SHIFT;
        }
        simple = plain;
        fast = plain && deep ? Optional.of(fast()) : Optional.empty();
        room = wraps ? Long.MAX_VALUE : Integer.MAX_VALUE - LongStream.of(bias).map(Math::abs).max().orElse(0);
    }

    /** One multiplier and shift for all of {@code columns}, no bias. */
    static ChannelSums uniform(ProductRescale rule, int columns) {
        int[] multiplier = new int[columns];
        int[] shift = new int[columns];
        Arrays.fill(multiplier, rule.multiplier());
        Arrays.fill(shift, rule.shift());
        return new ChannelSums(new ChannelRescale(rule.accumulator(), rule.rounding(), 0, rule.zeroOut(), rule.min(), rule.max()),
                new long[columns], multiplier, shift);
    }

    private Fast fast() {
        int n = shift.length;
        Fast f = new Fast(new int[n], new int[n], new int[n], new int[n], new int[n], rule.zeroOut(), rule.min(), rule.max());
        for (int o = 0; o < n; o++) {
            f.bias()[o] = (int) bias[o];
            f.high()[o] = multiplier[o] >> 16;
            f.low()[o] = multiplier[o] & 0xFFFF;
            f.half()[o] = 1 << (shift[o] - FAST_SHIFT);
            f.shift()[o] = shift[o] - 32;
        }
        return f;
    }

    ChannelRescale rule() {
        return rule;
    }

    /** {@code y[to + j]} from the exact sum {@code sums[at + j]} of channel o + j (modulo 2^32 when the accumulator wraps). */
    void store(long[] sums, int at, int o, int count, Slot y, Memory memory, int to) {
        int base = y.offset() + to;
        if (y.isBytes()) {
            byte[] target = y.bytes(memory);
            for (int j = 0; j < count; j++) {
                target[base + j] = (byte) result(sums[at + j], o + j);
            }
        } else {
            short[] target = y.shorts(memory);
            for (int j = 0; j < count; j++) {
                target[base + j] = (short) result(sums[at + j], o + j);
            }
        }
    }

    /** As above, from {@code sums[0 .. count-1]}, which an int holds; none has a magnitude above {@code reach}. */
    void store(int[] sums, long reach, int o, int count, Slot y, Memory memory, int to, KernelProvider kernels) {
        int base = y.offset() + to;
        boolean isFast = fast.isPresent() && reach <= room;
        if (isFast && y.isBytes()) {
            kernels.requantize(sums, count, fast.get(), o, y.bytes(memory), base);
        } else if (isFast) {
            kernels.requantize(sums, count, fast.get(), o, y.shorts(memory), base);
        } else if (y.isBytes()) {
            byte[] target = y.bytes(memory);
            for (int j = 0; j < count; j++) {
                target[base + j] = (byte) result(sums[j], o + j);
            }
        } else {
            short[] target = y.shorts(memory);
            for (int j = 0; j < count; j++) {
                target[base + j] = (short) result(sums[j], o + j);
            }
        }
    }

    private int result(long sum, int o) {
        long exact = sum + bias[o];
        long acc = wraps ? (int) exact : exact;
        if (simple && (int) acc == acc) {
            return Rescale.clamp(rule.zeroOut() + Rescale.single(acc, multiplier[o], shift[o]), rule.min(), rule.max());
        }
        return Rescale.requantize(rule.accumulator().narrow(exact), multiplier[o], shift[o], rule.rounding(), rule.zeroOut(),
                rule.min(), rule.max());
    }
}
