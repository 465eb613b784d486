package org.autoneural.sim.kernel.nativecode;

import java.util.Arrays;
import java.util.List;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.sim.kernel.NodeOperands;

/** Bias, multiplier and shift of each channel as the library takes them. */
final class ChannelScale {
    private final ChannelRescale rule;
    private final int[] multiplier;
    private final int[] shift;
    private final long[] values;

    /**
     * What depends on constants alone.
     *
     * @param filled    what {@link NativeCalls#scaleFill} returned
     * @param biasBound greatest magnitude of a bias
     */
    private record Values(long[] all, int filled, long biasBound) {
        static Values of(long[] bias, int[] multiplier, int[] shift) {
            long[] all = new long[NativeCalls.scaleSize(shift.length)];
            int filled = NativeCalls.scaleFill(bias, multiplier, shift, shift.length, all);
            return new Values(all, filled, Arrays.stream(bias).map(b -> Math.abs(Math.max(b, -Long.MAX_VALUE))).max().orElse(0));
        }
    }

    /**
     * @param bias   which operand is the bias; multiplier and shift are the two after it
     * @param fields of a structure that begins with {@code an_rescale}, which are filled in
     */
    ChannelScale(ChannelRescale rule, NodeOperands node, int bias, int[] fields) {
        this.rule = rule;
        multiplier = node.ints(bias + 1);
        shift = node.ints(bias + 2);
        Values made = node.shared().of(Values.class, List.of(node.constant(bias), node.constant(bias + 1), node.constant(bias + 2)),
                () -> Values.of(node.constant(bias).toLongs(), multiplier, shift));
        values = made.all();
        Fields.rescale(fields, rule, made.filled(), made.biasBound(), node.out(0));
    }

    /** What {@link NativeCalls#scaleFill} filled. */
    long[] values() {
        return values;
    }

    /** What {@code ir.math} throws for the sum that the library refused. */
    ArithmeticException refused(int channel, long sum) {
        Rescale.requantize(rule.accumulator().narrow(sum), multiplier[channel], shift[channel], rule.rounding(), rule.zeroOut(), rule.min(), rule.max());
        return new ArithmeticException("the native kernels refused the sum " + sum + " of channel " + channel + ", which is in range");
    }
}
