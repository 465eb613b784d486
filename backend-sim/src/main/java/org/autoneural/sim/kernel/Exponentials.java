package org.autoneural.sim.kernel;

import java.util.Arrays;
import java.util.List;
import org.autoneural.ir.DType;
import org.autoneural.ir.math.Exp2;
import org.autoneural.ir.math.IntSoftmax;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.op.TensorRescale;

/** The exponentials of a softmax as a table. */
public final class Exponentials {
    private Exponentials() {
    }

    /**
     * The exponential of every difference to the greatest score, as {@link IntSoftmax} has it: Q30, up to the first that is 0 or the
     * greatest difference of two values of {@code scores}.
     */
    public static int[] of(TensorRescale rule, DType scores, SharedConstants shared) {
        return shared.of(int[].class, List.of("exponentials", rule, scores), () -> table(rule, scores));
    }

    private static int[] table(TensorRescale rule, DType scores) {
        int[] all = new int[(int) (scores.max() - scores.min() + 1)];
        int n = 0;
        while (n < all.length) {
            all[n] = Exp2.negative(Rescale.single(n, rule.multiplier(), rule.shift()));
            if (all[n++] == 0) {
                break;
            }
        }
        return Arrays.copyOf(all, n);
    }
}
