package org.autoneural.quantizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.autoneural.backend.Capabilities;
import org.autoneural.backend.Diagnostic;
import org.autoneural.ir.Program;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.interpret.FloatExecutor;
import org.autoneural.quantizer.encoding.EncodingLedger;
import org.autoneural.quantizer.encoding.EncodingPlan;
import org.autoneural.quantizer.observe.Calibration;
import org.autoneural.quantizer.observe.CalibrationSample;
import org.autoneural.quantizer.observe.Observer;
import org.autoneural.quantizer.observe.Range;
import org.autoneural.quantizer.observe.TensorSink;
import org.autoneural.quantizer.optimize.LayerRounding;
import org.autoneural.quantizer.optimize.Transforms;
import org.autoneural.quantizer.recipe.Recipe;

/**
 * From a FLOAT program to a QUANTIZED one by a recipe: transforms, calibration, rounding of the layers that the recipe wants
 * rounded by an algorithm, encodings. What comes out depends on program, recipe, target and samples alone.
 *
 * <p>Calibration runs once, and once more for each further group of layers whose input moments do not fit in memory together
 * ({@link LayerRounding}), and once before for a transform that looks at activations.
 */
public final class Quantization {
    /** Told how far it is. */
    @FunctionalInterface
    public interface Progress {
        /**
         * @param step  what is being done
         * @param total units of the step in all
         */
        void at(String step, long done, long total);

        /** Tells nobody. */
        static Progress silent() {
            return (step, done, total) -> { };
        }
    }

    /**
     * What was made.
     *
     * @param floats  the FLOAT program, transforms done
     * @param rounded the same with the weights and biases that the algorithms decided
     * @param ranges  what calibration saw
     * @param ledger  every encoding
     * @param program QUANTIZED, ready to be lowered
     * @param notes   what the target's limits changed
     */
    public record Result(Program floats, Program rounded, Map<String, Range> ranges, EncodingLedger ledger, Program program, List<Diagnostic> notes) {}

    private final Recipe recipe;
    private final Capabilities target;
    private final Supplier<List<CalibrationSample>> samples;
    private final Supplier<FloatExecutor> executor;
    private final Progress progress;

    /**
     * @param samples  calibration data; asked for once, before the first calibration, and gone through once for each
     * @param executor makes what runs the float program; one for each calibration
     */
    public Quantization(Recipe recipe, Capabilities target, Supplier<List<CalibrationSample>> samples,
            Supplier<FloatExecutor> executor, Progress progress) {
        this.recipe = recipe;
        this.target = target;
        this.samples = samples;
        this.executor = executor;
        this.progress = progress;
    }

    /**
     * Quantizes {@code program}.
     *
     * @throws QuantizationException    when recipe, target and program do not fit, before anything is run
     * @throws IllegalArgumentException naming the sample that does not fit the program
     */
    public Result run(Program program) {
        return runAgain(program, plan -> { });
    }

    /**
     * As {@link #run} with the encodings that an earlier run by this recipe gave: its transforms and rounding are done again, ranges
     * and scales are given. Without transforms, rounding and open ranges there is no calibration.
     *
     * @param imports puts the encodings into the plan
     */
    public Result runAgain(Program program, Consumer<EncodingPlan> imports) {
        EncodingPlan.of(program, recipe, target);
        List<CalibrationSample> data = new ArrayList<>();
        Program floats = Transforms.apply(program, recipe, (p, sinks) -> calibrate("looking at activations", p, sinks, data));
        EncodingPlan plan = EncodingPlan.of(floats, recipe, target);
        imports.accept(plan);
        Map<String, Observer> observers = plan.observers();
        LayerRounding rounding = new LayerRounding(floats, recipe, progress);
        for (int group = 0; group < Math.max(1, rounding.groups()); group++) {
            String step = rounding.groups() > 1 ? "calibrating " + (group + 1) + " of " + rounding.groups() : "calibrating";
            Map<String, List<TensorSink>> sinks = new HashMap<>();
            if (group == 0) {
                observers.forEach((value, o) -> sinks.computeIfAbsent(value, v -> new ArrayList<>()).add(o));
            }
            rounding.sinks(group).forEach((value, moments) -> sinks.computeIfAbsent(value, v -> new ArrayList<>()).addAll(moments));
            calibrate(step, rounding.program(), joined(sinks), data);
            rounding.round(group);
        }
        Program rounded = rounding.program();
        EncodingPlan last = EncodingPlan.of(rounded, recipe, target);
        imports.accept(last);
        return encode(floats, rounded, last, Observer.ranges(observers), rounding.scales());
    }

    /**
     * Quantizes {@code program} with encodings from elsewhere: the recipe's widths and ranges serve where {@code imports} leaves
     * something open; its algorithms are left out, because the encodings were made for the weights as they are. Without open
     * ranges there is no calibration.
     *
     * @param imports puts the encodings into the plan
     */
    public Result runWith(Program program, Consumer<EncodingPlan> imports) {
        EncodingPlan plan = EncodingPlan.of(program, recipe, target);
        imports.accept(plan);
        Map<String, Observer> observers = plan.observers();
        calibrate("calibrating", program, observers, new ArrayList<>());
        return encode(program, program, plan, Observer.ranges(observers), Map.of());
    }

    private Result encode(Program floats, Program rounded, EncodingPlan plan, Map<String, Range> ranges, Map<String, QuantParams> scales) {
        EncodingLedger ledger = EncodingLedger.of(plan, ranges, scales, (done, total) -> progress.at("scales of the weights", done, total));
        return new Result(floats, rounded, ranges, ledger, Quantizer.quantize(rounded, ledger), plan.notes());
    }

    private static Map<String, TensorSink> joined(Map<String, List<TensorSink>> sinks) {
        Map<String, TensorSink> joined = new HashMap<>();
        sinks.forEach((value, all) -> joined.put(value, all.size() == 1 ? all.get(0)
                : (values, from, n) -> all.forEach(s -> s.observe(values, from, n))));
        return joined;
    }

    /** @param data the samples, fetched when they are first needed */
    private void calibrate(String step, Program program, Map<String, ? extends TensorSink> sinks, List<CalibrationSample> data) {
        if (sinks.isEmpty()) {
            return;
        }
        if (data.isEmpty()) {
            data.addAll(samples.get());
        }
        new Calibration(program, sinks, executor.get()).run(data, (done, total) -> progress.at(step, done, total));
    }
}
