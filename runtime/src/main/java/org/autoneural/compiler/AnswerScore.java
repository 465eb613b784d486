package org.autoneural.compiler;

import java.util.Collection;
import java.util.Comparator;
import java.util.function.IntToDoubleFunction;

/**
 * How a model takes a given answer.
 *
 * @param nats   negative log likelihood of its tokens, summed, in nats
 * @param tokens how many, the end of the turn included
 * @param exact  whether each is the likeliest one at its place: the greedy answer is then exactly this one
 */
public record AnswerScore(double nats, int tokens, boolean exact) {
    static final AnswerScore NONE = new AnswerScore(0, 0, true);

    /** This and one more token, {@code id} of the given logits (real values, in nats). */
    AnswerScore plus(IntToDoubleFunction logits, int vocabulary, int id) {
        double largest = Double.NEGATIVE_INFINITY;
        int best = 0;
        for (int i = 0; i < vocabulary; i++) {
            // the first of equals, as greedy decoding takes it
            if (logits.applyAsDouble(i) > largest) {
                largest = logits.applyAsDouble(i);
                best = i;
            }
        }
        double sum = 0;
        for (int i = 0; i < vocabulary; i++) {
            sum += Math.exp(logits.applyAsDouble(i) - largest);
        }
        return new AnswerScore(nats + largest + Math.log(sum) - logits.applyAsDouble(id), tokens + 1, exact && best == id);
    }

    /** This and the end of the turn: the likeliest of the ids that end it. Without such ids there is none. */
    AnswerScore ended(IntToDoubleFunction logits, int vocabulary, Collection<Integer> ends) {
        return ends.stream().sorted().max(Comparator.comparingDouble(logits::applyAsDouble)).map(id -> plus(logits, vocabulary, id)).orElse(this);
    }
}
