package org.autoneural.sim.kernel.nativecode;

import java.util.List;
import java.util.Optional;
import org.autoneural.ir.Shape;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.sim.kernel.Kernel;
import org.autoneural.sim.kernel.Memory;
import org.autoneural.sim.kernel.NodeOperands;
import org.autoneural.sim.kernel.Scratch;
import org.autoneural.sim.kernel.ScratchSize;
import org.autoneural.sim.kernel.Slot;

/**
 * Causal convolution of s16: {@code an_causal} of the library. A unit is a block of channels: a thread finishes all tokens of its channels
 * before it moves their state on, so that the new state may lie where the old one is.
 */
final class NativeCausal implements Kernel {
    /** Two cache lines of s16. */
    private static final int CHANNELS_PER_UNIT = 64;
    /** {@code AN_MOST_TAPS}: so many products of s16 and s8 are within 2^30. */
    private static final int MOST_TAPS = 256;

    private final Level level;
    private final Slot u;
    private final Slot state;
    private final Slot valid;
    private final Slot y;
    private final Slot newState;
    private final ChannelScale scale;
    private final int[] causal;
    /** [taps, channels] */
    private final short[] weights;
    private final int tokens;
    private final int channels;

    private NativeCausal(Level level, NodeOperands node, ChannelRescale rule) {
        this.level = level;
        u = node.in(0);
        state = node.in(1);
        valid = node.in(2);
        y = node.out(0);
        newState = node.out(1);
        Shape shape = Fields.shape(u);
        tokens = shape.dim(0);
        channels = shape.dim(1);
        int taps = node.constant(3).shape().dim(1);
        weights = node.shared().of(short[].class, List.of(node.constant(3), "by tap"), () -> byTap(node.shorts(3), taps));
        causal = new int[CausalField.values().length];
        scale = new ChannelScale(rule, node, 4, causal);
        causal[CausalField.U_AT.ordinal()] = u.offset();
        causal[CausalField.STATE_AT.ordinal()] = state.offset();
        causal[CausalField.NEW_STATE_AT.ordinal()] = newState.offset();
        causal[CausalField.TOKENS.ordinal()] = tokens;
        causal[CausalField.CHANNELS.ordinal()] = channels;
        causal[CausalField.TAPS.ordinal()] = taps;
        causal[CausalField.SAFE.ordinal()] = causal[CausalField.BIAS_BOUND.ordinal()] < 1 << 30 ? 1 : 0;
    }

    private static short[] byTap(short[] weights, int taps) {
        short[] out = new short[weights.length];
        int channels = weights.length / taps;
        for (int i = 0; i < weights.length; i++) {
            out[i % taps * channels + i / taps] = weights[i];
        }
        return out;
    }

    /** The kernel of {@code node}; empty when it is of another kind, or has an operand that the library does not take. */
    static Optional<Kernel> of(Level level, NodeOperands node) {
        if (!(node.node().op() instanceof CausalConv1d op)) {
            return Optional.empty();
        }
        ChannelRescale rule = op.integer().orElseThrow();
        boolean taken = Fields.isShorts(node.in(0)) && rule.zeroIn() == 0 && Fields.isActivation(node.out(0)) && Fields.shape(node.in(0)).elements() > 0
                && node.constant(3).shape().dim(1) <= MOST_TAPS;
        return taken ? Optional.of(new NativeCausal(level, node, rule)) : Optional.empty();
    }

    @Override
    public int units() {
        return (channels + CHANNELS_PER_UNIT - 1) / CHANNELS_PER_UNIT;
    }

    @Override
    public long work() {
        return 2L * tokens * weights.length;
    }

    @Override
    public ScratchSize scratch() {
        return new ScratchSize(0, 0, 1, 0, 0);
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        int count = valid.scalar(memory);
        if (count < 1 || count > tokens) {
            throw new IllegalArgumentException("n_valid is " + count + ", must be 1.." + tokens);
        }
        int bad = NativeCalls.causalRun(level.ordinal(), causal, weights, scale.values(), u.shorts(memory), state.shorts(memory), newState.shorts(memory),
                Fields.bytes(y, memory), Fields.shorts(y, memory), s.acc(), count, from * CHANNELS_PER_UNIT, Math.min(channels, to * CHANNELS_PER_UNIT));
        if (bad != 0) {
            throw scale.refused(bad - 1, s.acc()[0]);
        }
    }
}
