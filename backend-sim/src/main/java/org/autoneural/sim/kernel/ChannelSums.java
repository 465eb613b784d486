package org.autoneural.sim.kernel;

import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.ChannelRescale;

/** From sums of products to stored values, with bias, multiplier and shift of each output channel. */
final class ChannelSums {
    private final ChannelRescale rule;
    private final long[] bias;
    private final int[] multiplier;
    private final int[] shift;
    private final boolean wraps;
    /** One rounding and shifts of 1 to 62: for a sum of 32 bits the product has 62 and needs no check. */
    private final boolean simple;

    /** @param bias s64 [O]; multiplier: s32 [O]; shift: [O] */
    ChannelSums(ChannelRescale rule, long[] bias, int[] multiplier, int[] shift) {
        this.rule = rule;
        this.bias = bias;
        this.multiplier = multiplier;
        this.shift = shift;
        wraps = rule.accumulator() == Accumulator.I32_WRAP;
        boolean plain = rule.rounding() == Rounding.SINGLE;
        for (int s : shift) {
            plain &= s >= 1 && s <= Rescale.MAX_SHIFT;
        }
        this.simple = plain;
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

    /** As above, from sums that an int holds. */
    void store(int[] sums, int at, int o, int count, Slot y, Memory memory, int to) {
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
