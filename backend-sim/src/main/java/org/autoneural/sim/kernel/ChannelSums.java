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
    /** 32-bit sums, one rounding and shifts of 1 to 62: the product cannot leave 63 bits and needs no check. */
    private final boolean simple;

    /** @param bias s64 [O]; multiplier: s32 [O]; shift: [O] */
    ChannelSums(ChannelRescale rule, long[] bias, int[] multiplier, int[] shift) {
        this.rule = rule;
        this.bias = bias;
        this.multiplier = multiplier;
        this.shift = shift;
        boolean plain = rule.accumulator() == Accumulator.I32_WRAP && rule.rounding() == Rounding.SINGLE;
        for (int s : shift) {
            plain &= s >= 1 && s <= Rescale.MAX_SHIFT;
        }
        this.simple = plain;
    }

    ChannelRescale rule() {
        return rule;
    }

    /** The stored value of channel o for the exact sum of its products. */
    int result(long sum, int o) {
        return Rescale.requantize(rule.accumulator().narrow(sum + bias[o]), multiplier[o], shift[o], rule.rounding(),
                rule.zeroOut(), rule.min(), rule.max());
    }

    /** {@code y[to + j] = result(sums[at + j], o + j)}. */
    void store(long[] sums, int at, int o, int count, Slot y, Memory memory, int to) {
        if (y.isBytes()) {
            byte[] target = y.bytes(memory);
            int base = y.offset() + to;
            for (int j = 0; j < count; j++) {
                target[base + j] = (byte) result(sums[at + j], o + j);
            }
        } else {
            short[] target = y.shorts(memory);
            int base = y.offset() + to;
            for (int j = 0; j < count; j++) {
                target[base + j] = (short) result(sums[at + j], o + j);
            }
        }
    }

    /** As above, from sums that a 32-bit lane holds without loss, or wrapped when the accumulator is {@code I32_WRAP}. */
    void store(int[] sums, int at, int o, int count, Slot y, Memory memory, int to) {
        int base = y.offset() + to;
        if (!simple) {
            for (int j = 0; j < count; j++) {
                int v = result(sums[at + j], o + j);
                if (y.isBytes()) {
                    y.bytes(memory)[base + j] = (byte) v;
                } else {
                    y.shorts(memory)[base + j] = (short) v;
                }
            }
        } else if (y.isBytes()) {
            byte[] target = y.bytes(memory);
            for (int j = 0; j < count; j++) {
                target[base + j] = (byte) simple(sums[at + j], o + j);
            }
        } else {
            short[] target = y.shorts(memory);
            for (int j = 0; j < count; j++) {
                target[base + j] = (short) simple(sums[at + j], o + j);
            }
        }
    }

    private int simple(int sum, int o) {
        int acc = (int) (sum + bias[o]);
        return Rescale.clamp(rule.zeroOut() + Rescale.single(acc, multiplier[o], shift[o]), rule.min(), rule.max());
    }
}
