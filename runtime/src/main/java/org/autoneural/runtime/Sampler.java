package org.autoneural.runtime;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.ir.math.Exp2;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.math.encode.Multiplier;
import org.autoneural.ir.math.encode.MultiplierEncoder;

/**
 * Chooses tokens from integer logits by integer arithmetic alone; the real-valued settings become multipliers once, in the
 * constructor. Order of the filters: repetition penalty, top-k, temperature, min-p, top-p. Equal logits: the lower id first.
 * For one thread.
 */
final class Sampler {
    /** Logits get this many fraction bits before the penalty rounds them. */
    private static final int FRACTION_BITS = 8;
    private static final int Q16 = 1 << 16;

    private final Sampling sampling;
    private final Random random;
    private final boolean greedy;
    private final boolean penalised;
    private final Multiplier penaltyUp;
    private final Multiplier penaltyDown;
    /** From a difference of logits with {@link #FRACTION_BITS} to Q16 log2 units; present when temperature is above 0. */
    private final Multiplier toLog2;
    private final long minWeight;
    private final long topP;
    private final BitSet seen = new BitSet();

    /** @param logitScale real value of one step of the logits */
    Sampler(Sampling sampling, double logitScale) {
        this.sampling = sampling;
        this.random = new Random(sampling.seed());
        this.greedy = sampling.temperature() == 0;
        this.penalised = sampling.repetitionPenalty() != 1;
        this.penaltyUp = MultiplierEncoder.encode(sampling.repetitionPenalty());
        this.penaltyDown = MultiplierEncoder.encode(1 / sampling.repetitionPenalty());
        double log2 = greedy ? 1 : logitScale / (sampling.temperature() * StrictMath.log(2));
        // Beyond this any difference at all rounds the lesser token's weight to zero.
        this.toLog2 = MultiplierEncoder.encode(Math.min(log2 * Q16 / (1 << FRACTION_BITS), 1 << 29));
        this.minWeight = (long) (sampling.minP() * (1L << Exp2.RESULT_BITS));
        this.topP = (long) (sampling.topP() * Q16);
    }

    /** Makes {@code id} count for the repetition penalty. */
    void occurred(int id) {
        seen.set(id);
    }

    /** The next token id from logits [1, V]. */
    int next(TensorBuffer logits) {
        int n = (int) logits.elements();
        long[] values = new long[n];
        for (int id = 0; id < n; id++) {
            values[id] = penalise(id, logits.getLong(id) << FRACTION_BITS);
        }
        return greedy ? largest(values) : draw(values);
    }

    private long penalise(int id, long logit) {
        if (!penalised || !seen.get(id)) {
            return logit;
        }
        Multiplier m = logit > 0 ? penaltyDown : penaltyUp;
        return Rescale.apply(logit, m.multiplier(), m.shift(), Rounding.SINGLE);
    }

    private static int largest(long[] values) {
        int best = 0;
        for (int id = 1; id < values.length; id++) {
            if (values[id] > values[best]) {
                best = id;
            }
        }
        return best;
    }

    private int draw(long[] values) {
        int[] order = descending(values);
        int count = sampling.topK() == 0 ? order.length : Math.min(order.length, sampling.topK());
        // Weights relative to the largest: 2^-(difference in log2 units), Q30.
        long[] weights = new long[count];
        long total = 0;
        int live = 0;
        for (; live < count; live++) {
            long difference = values[order[0]] - values[order[live]];
            long w = Exp2.negative(Rescale.apply(difference, toLog2.multiplier(), toLog2.shift(), Rounding.SINGLE));
            if (w == 0 || w < minWeight) {
                break;
            }
            weights[live] = w;
            total += w;
        }
        // topP * total / 2^16 rounded up; in two halves, as all weights of a large vocabulary times 2^16 exceed 64 bits.
        long enough = topP * (total >> 16) + (topP * (total & 0xFFFF) + 0xFFFF >> 16);
        long kept = 0;
        int last = 0;
        while (last < live && kept < enough) {
            kept += weights[last++];
        }
        long ticket = Math.multiplyHigh(random.nextLong() & Long.MAX_VALUE, kept << 1);
        int chosen = 0;
        while (ticket >= weights[chosen]) {
            ticket -= weights[chosen++];
        }
        return order[chosen];
    }

    /** Ids by falling value, equal values by rising id: keys hold both, the value above and the inverted id below. */
    private static int[] descending(long[] values) {
        long[] keys = new long[values.length];
        for (int id = 0; id < keys.length; id++) {
            keys[id] = values[id] << 32 | Integer.MAX_VALUE - id;
        }
        Arrays.sort(keys);
        int[] order = new int[keys.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = Integer.MAX_VALUE - (int) (keys[keys.length - 1 - i] & Integer.MAX_VALUE);
        }
        return order;
    }
}
