package org.autoneural.quantizer.optimize;

import java.util.Map;
import org.autoneural.ir.Program;
import org.autoneural.quantizer.observe.TensorSink;
import org.autoneural.quantizer.recipe.Recipe;
import org.autoneural.quantizer.recipe.Treatment.Transform;

/** The transforms of the float program that a recipe names. Each leaves what the program computes as it is. */
public final class Transforms {
    /** Runs calibration over a program once and shows values to sinks. */
    @FunctionalInterface
    public interface Runner {
        /** @param sinks by the name of the value they are shown */
        void run(Program program, Map<String, ? extends TensorSink> sinks);
    }

    private Transforms() {}

    /** Applies the recipe's transforms in the order of {@link Transform}. */
    public static Program apply(Program program, Recipe recipe, Runner runner) {
        Program result = program;
        for (Transform transform : recipe.transforms()) {
            result = switch (transform) {
                case HADAMARD -> Hadamard.apply(result);
                case CROSS_LAYER_EQUALIZATION -> CrossLayerEqualization.apply(result);
                case SMOOTH_QUANT -> SmoothQuant.apply(result, runner);
            };
        }
        return result;
    }
}
