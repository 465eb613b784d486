package org.autoneural.runtime;

/**
 * How the next token is chosen from the logits.
 *
 * @param temperature       0 takes the largest logit (greedy); above, logits are divided by it; at most 100
 * @param topK              only the k largest logits take part; 0 for all
 * @param topP              only the most likely tokens whose probabilities add up to this take part; in (0, 1], 1 for all
 * @param minP              only tokens at least this times as likely as the most likely one take part; in [0, 1]
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens that occurred; 1 for none, in [0.01, 100]
 * @param seed              of the random draw: the same seed gives the same tokens on every machine
 */
public record Sampling(double temperature, int topK, double topP, double minP, double repetitionPenalty, long seed) {
    public Sampling {
        require(temperature >= 0 && temperature <= 100, "temperature", temperature, "0 to 100");
        require(topK >= 0, "topK", topK, "0 (all) or more");
        require(topP > 0 && topP <= 1, "topP", topP, "above 0, at most 1");
        require(minP >= 0 && minP <= 1, "minP", minP, "0 to 1");
        require(repetitionPenalty >= 0.01 && repetitionPenalty <= 100, "repetitionPenalty", repetitionPenalty, "0.01 to 100");
    }

    /** The largest logit, always. */
    public static Sampling greedy() {
        return new Sampling(0, 0, 1, 0, 1, 0);
    }

    /** Random at {@code temperature}, everything else off. */
    public static Sampling random(double temperature, long seed) {
        return new Sampling(temperature, 0, 1, 0, 1, seed);
    }

    private static void require(boolean ok, String name, Object found, String allowed) {
        if (!ok) {
            throw new IllegalArgumentException("sampling: " + name + " is " + found + "; allowed: " + allowed);
        }
    }
}
