package org.autoneural.compiler;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.autoneural.backend.Capabilities;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.pass.PassManager;
import org.autoneural.ir.pass.Passes;
import org.autoneural.quantizer.Quantizer;
import org.autoneural.quantizer.encoding.EncodingLedger;
import org.autoneural.quantizer.encoding.EncodingPlan;
import org.autoneural.quantizer.lower.Lowering;
import org.autoneural.quantizer.observe.Range;
import org.autoneural.quantizer.recipe.Recipe;

/**
 * The INTEGER program that a model would become, with made-up numbers: no weight is read and nothing is calibrated. Ops, shapes,
 * element types and names are the real ones, which is all that a target's rules ask for; values are not.
 */
final class StructuralModel {
    /**
     * Activations reach about this far, each a little farther than the one before: as in a calibrated model no two have the same
     * encoding by chance, so requantize nodes stand wherever they may.
     */
    private static final double RANGE = 8;
    private static final double RANGE_STEP = 1 / 1024.0;
    /** Every weight is this. */
    private static final float WEIGHT = 1 / 64f;

    private StructuralModel() {}

    /** @param program FLOAT, as the builders make it */
    static Program integer(Program program, Recipe recipe, Capabilities target) {
        Program optimized = new PassManager(Passes.standard(), (pass, before, after, nanos) -> { }).run(withoutWeights(program));
        EncodingPlan plan = EncodingPlan.of(optimized, recipe, target);
        Map<String, Range> ranges = new HashMap<>();
        for (String value : plan.observers().keySet()) {
            double most = RANGE + ranges.size() * RANGE_STEP;
            ranges.put(value, new Range(-most, most));
        }
        Program quantized = Quantizer.quantize(optimized, EncodingLedger.ofStructure(plan, ranges));
        return new PassManager(Passes.integer(), (pass, before, after, nanos) -> { }).run(Lowering.lowerStructure(quantized));
    }

    private static Program withoutWeights(Program program) {
        Map<String, TensorData> made = new HashMap<>();
        List<Graph> graphs = program.entryPoints().stream().map(g -> {
            Map<String, TensorData> constants = new LinkedHashMap<>();
            g.constants().forEach((name, data) -> constants.put(name, data.dtype().isFloat()
                    ? made.computeIfAbsent(name, n -> new Uniform(data.dtype(), data.shape(), WEIGHT)) : data));
            return new Graph(g.name(), g.stage(), g.inputs(), g.outputs(), g.states(), g.nodes(), g.types(), constants);
        }).toList();
        return new Program(graphs);
    }

    /** The same number everywhere. */
    private record Uniform(DType dtype, Shape shape, float value) implements TensorData {
        @Override
        public float getFloat(long index) {
            return value;
        }

        @Override
        public long getLong(long index) {
            throw new IllegalStateException("a " + dtype.text() + " tensor has no integer elements");
        }

        @Override
        public void readFloats(long from, float[] target, int offset, int count) {
            Arrays.fill(target, offset, offset + count, value);
        }
    }
}
