package org.autoneural.compiler;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.autoneural.backend.Capabilities;
import org.autoneural.backend.LatencyEstimate.NodeEstimate;
import org.autoneural.backend.LatencyModel;
import org.autoneural.backend.Precision;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.interpret.FastFloatInterpreter;
import org.autoneural.quantizer.Quantization;
import org.autoneural.quantizer.observe.CalibrationSample;
import org.autoneural.quantizer.plan.Budget;
import org.autoneural.quantizer.plan.Candidate;
import org.autoneural.quantizer.plan.PrecisionPlan;
import org.autoneural.quantizer.plan.Sensitivity;
import org.autoneural.quantizer.recipe.Recipe;

/**
 * A precision plan for a checkpoint.
 *
 * @param base          the recipe that it starts from
 * @param sensitivities each quantized tensor alone, in the order of the program
 * @param plan          the trade-off and the choice
 */
public record PrecisionStudy(Recipe base, List<Candidate> sensitivities, PrecisionPlan plan) {
    /**
     * Quantizes once, measures every tensor alone, and searches.
     *
     * @param samples calibration samples of different pictures to measure on, at least 1
     * @param device  estimates times; empty: times are 0
     */
    public static PrecisionStudy run(CompileOptions options, Budget budget, int samples, Optional<LatencyModel> device, Progress progress) {
        try (Compiler compiler = new Compiler(options, progress)) {
            Recipe recipe = compiler.recipe();
            if (!recipe.transforms().isEmpty()) {
                throw new IllegalArgumentException("recipe " + recipe.name() + " has transforms " + recipe.transforms()
                        + ", after which a tensor cannot be compared alone; plan with a recipe without them and add them to the plan's file");
            }
            Program floats = compiler.optimized();
            Capabilities target = compiler.capabilities();
            List<CalibrationSample> all = compiler.samples(floats);
            Quantization.Result quantized = new Quantization(recipe, target, () -> all, FastFloatInterpreter::new, progress::at).run(floats);
            List<Candidate> candidates = new Sensitivity(floats, quantized, target, distinct(all, samples), FastFloatInterpreter::new).measure(progress::at);
            ToDoubleFunction<Candidate> time = device.map(d -> time(floats, d)).orElse(c -> 0);
            return new PrecisionStudy(recipe, candidates, PrecisionPlan.search(candidates, budget, time));
        }
    }

    private static List<CalibrationSample> distinct(List<CalibrationSample> all, int most) {
        Set<List<Tensor>> seen = new HashSet<>();
        return all.stream().filter(s -> seen.add(s.pictures())).limit(most).toList();
    }

    /** What a node takes longer when its weights have 8 bits in place of 4, or its result 16 in place of 8. */
    private static ToDoubleFunction<Candidate> time(Program floats, LatencyModel device) {
        Map<String, Double> times = new HashMap<>();
        for (Graph g : floats.entryPoints()) {
            Map<String, NodeEstimate> narrowWeights = nodes(device, g, Precision.W4A16);
            Map<String, NodeEstimate> narrowActivations = nodes(device, g, Precision.W8A8);
            Map<String, NodeEstimate> wide = nodes(device, g, Precision.W8A16);
            for (Node n : g.nodes()) {
                double all = busy(wide.get(n.name()));
                times.merge(n.output(), all - busy(narrowActivations.get(n.name())), Double::sum);
                n.inputs().stream().filter(g::isConstant).forEach(w -> times.merge(w, all - busy(narrowWeights.get(n.name())), Double::sum));
            }
        }
        return c -> Math.max(0, times.getOrDefault(c.name(), 0.0));
    }

    private static Map<String, NodeEstimate> nodes(LatencyModel device, Graph g, Precision precision) {
        Map<String, NodeEstimate> nodes = new HashMap<>();
        device.estimate(g, precision).nodes().forEach(n -> nodes.put(n.node(), n));
        return nodes;
    }

    /** Of the unit that it keeps busy longest. */
    private static double busy(NodeEstimate n) {
        return n == null ? 0 : Math.max(n.memoryMs(), Math.max(n.matrixMs(), n.vectorMs()));
    }
}
