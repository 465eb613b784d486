package org.autoneural.quantizer.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.autoneural.quantizer.recipe.Recipe;
import org.autoneural.quantizer.recipe.Rule;

/**
 * Which tensors to store wider than a recipe says, found greedily: the one next that takes away most noise for what it costs.
 * Noise of tensors is taken to add up, as that of independent rounding errors does, separately for visual tokens and logits.
 *
 * @param curve  the trade-off: the recipe as it is, then one more tensor raised in each point
 * @param chosen index into {@code curve} of the first point that keeps the budget, or of the last that was allowed
 * @param met    whether the accuracy that was asked for is reached there
 */
public record PrecisionPlan(List<Point> curve, int chosen, boolean met) {
    /**
     * One point of the trade-off, with what all points before it raised.
     *
     * @param raised   the tensor raised last; empty in the first point
     * @param bytes    more than the recipe takes
     * @param timeMs   longer than the recipe takes, estimated; 0 without an estimate
     * @param visionDb predicted signal to noise of the visual tokens
     * @param logitsDb predicted signal to noise of the logits
     */
    public record Point(List<Candidate> raised, long bytes, double timeMs, double visionDb, double logitsDb) {
        /** The smaller of both. */
        public double sqnrDb() {
            return Math.min(visionDb, logitsDb);
        }
    }

    public PrecisionPlan {
        curve = List.copyOf(curve);
    }

    /**
     * Searches.
     *
     * @param all  every quantized tensor, those that cannot be raised included: they make noise, too
     * @param time milliseconds that a tensor costs more when it is raised
     */
    public static PrecisionPlan search(List<Candidate> all, Budget budget, ToDoubleFunction<Candidate> time) {
        double[] noise = {0, 0};
        all.forEach(c -> noise[part(c)] += c.noise());
        List<Candidate> open = new ArrayList<>(all.stream().filter(c -> c.canBeRaised() && c.noise() > 0).toList());
        List<Point> curve = new ArrayList<>(List.of(point(List.of(), 0, 0, noise)));
        long bytes = 0;
        double ms = 0;
        int chosen = -1;
        while (true) {
            Point last = curve.get(curve.size() - 1);
            if (chosen < 0 && budget.sqnrDb().isPresent() && last.sqnrDb() >= budget.sqnrDb().getAsDouble()) {
                chosen = curve.size() - 1;
            }
            long spentBytes = bytes;
            double spentMs = ms;
            // an accuracy is asked of both outputs: only what the worse one needs is worth its bytes
            List<Candidate> fitting = open.stream().filter(c -> spentBytes + c.bytes() <= budget.bytes().orElse(Long.MAX_VALUE)
                    && spentMs + time.applyAsDouble(c) <= budget.timeMs().orElse(Double.POSITIVE_INFINITY)).toList();
            int worse = noise[0] >= noise[1] ? 0 : 1;
            List<Candidate> helping = fitting.stream().filter(c -> part(c) == worse).toList();
            Candidate best = (helping.isEmpty() && budget.sqnrDb().isEmpty() ? fitting : helping).stream().max(Comparator
                    .comparingDouble((Candidate c) -> (c.noise() - c.raisedNoise()) / cost(c, budget, time)).thenComparing(Candidate::name)).orElse(null);
            if (best == null) {
                break;
            }
            open.remove(best);
            noise[part(best)] -= best.noise() - best.raisedNoise();
            bytes += best.bytes();
            ms += time.applyAsDouble(best);
            List<Candidate> raised = new ArrayList<>(last.raised());
            raised.add(best);
            curve.add(point(raised, bytes, ms, noise));
        }
        boolean met = chosen >= 0 || budget.sqnrDb().isEmpty();
        return new PrecisionPlan(curve, chosen >= 0 ? chosen : curve.size() - 1, met);
    }

    private static double cost(Candidate c, Budget budget, ToDoubleFunction<Candidate> time) {
        return budget.timeMs().isPresent() ? Math.max(1e-9, time.applyAsDouble(c)) : Math.max(1, c.bytes());
    }

    private static int part(Candidate c) {
        return c.vision() ? 0 : 1;
    }

    private static Point point(List<Candidate> raised, long bytes, double ms, double[] noise) {
        return new Point(List.copyOf(raised), bytes, ms, -10 * Math.log10(Math.max(0, noise[0])), -10 * Math.log10(Math.max(0, noise[1])));
    }

    /** The point that was chosen. */
    public Point choice() {
        return curve.get(chosen);
    }

    /** {@code base} with a rule for each tensor that the chosen point raises. */
    public Recipe recipe(String name, Recipe base) {
        return base.with(name, choice().raised().stream().map(c -> c.kind() == Candidate.Kind.WEIGHT
                ? Rule.ANY.named(c.name()).weights(c.raised()) : Rule.ANY.named(c.name()).activations(c.raised())).toList());
    }
}
