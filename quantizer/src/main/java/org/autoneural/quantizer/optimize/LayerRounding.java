package org.autoneural.quantizer.optimize;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.autoneural.ir.Program;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.TensorData;
import org.autoneural.quantizer.Quantization;
import org.autoneural.quantizer.encoding.WeightScales;
import org.autoneural.quantizer.recipe.Recipe;
import org.autoneural.quantizer.recipe.Recipe.WeightUse;
import org.autoneural.quantizer.recipe.Treatment.Rounding;
import org.autoneural.quantizer.recipe.Treatment.Scales;

/**
 * Rounds the layers for which a recipe names an algorithm that looks at their inputs. Layers are taken in groups, in the order
 * of the program, so that the input moments of one group stay below {@value #MOST_BYTES} bytes (or hold one layer); later groups
 * see the inputs that the rounded earlier ones make. Layers that read the same value share its moments.
 *
 * <p>The moments of a layer of K inputs take {@code 8 K^2} bytes: all of cockpit-tiny is one group; of LFM2-1.2B a layer's
 * {@code w2} (8192 inputs) takes 512 MiB and the rest of a layer 96 MiB, which makes sixteen groups.
 */
public final class LayerRounding {
    private static final long MOST_BYTES = 1L << 30;

    private final Recipe recipe;
    private final Quantization.Progress progress;
    private final List<Map<Layer, InputMoments>> groups = new ArrayList<>();
    private final Map<String, QuantParams> scales = new TreeMap<>();
    private Program program;

    /** Nothing is rounded yet. */
    public LayerRounding(Program program, Recipe recipe, Quantization.Progress progress) {
        this.program = program;
        this.recipe = recipe;
        this.progress = progress;
        long bytes = 0;
        Map<Object, InputMoments> shared = new HashMap<>();
        for (Layer layer : Layer.of(program)) {
            if (!wanted(layer)) {
                continue;
            }
            List<Object> inputs = List.of(layer.x(), layer.node().op(), layer.data().shape().dims().subList(1, layer.data().shape().rank()));
            if (!shared.containsKey(inputs)) {
                if (groups.isEmpty() || bytes + InputMoments.bytes(layer) > MOST_BYTES) {
                    groups.add(new LinkedHashMap<>());
                    shared.clear();
                    bytes = 0;
                }
                shared.put(inputs, new InputMoments(layer));
                bytes += InputMoments.bytes(layer);
            }
            groups.get(groups.size() - 1).put(layer, shared.get(inputs));
        }
    }

    static WeightUse use(Layer layer) {
        return new WeightUse(layer.weight(), layer.node().op().name(), layer.vision(), layer.inputs());
    }

    private boolean wanted(Layer layer) {
        WeightUse use = use(layer);
        return recipe.rounding(use) != Rounding.NEAREST || recipe.scales(use) == Scales.SEQUENTIAL_MSE || recipe.biasCorrection(use);
    }

    /** Groups of layers, each needing a calibration of its own; 0 when the recipe rounds all to nearest. */
    public int groups() {
        return groups.size();
    }

    /** What must see the values of a calibration for {@code group}, by value; none for a group that is not there. */
    public Map<String, List<InputMoments>> sinks(int group) {
        Map<String, List<InputMoments>> sinks = new HashMap<>();
        if (group < groups.size()) {
            groups.get(group).forEach((layer, moments) -> {
                List<InputMoments> here = sinks.computeIfAbsent(layer.x(), x -> new ArrayList<>());
                if (!here.contains(moments)) {
                    here.add(moments);
                }
            });
        }
        return sinks;
    }

    /** Rounds the layers of {@code group}, whose inputs its sinks have seen, and lets go of their moments. */
    public void round(int group) {
        if (group >= groups.size()) {
            return;
        }
        Map<String, TensorData> weights = new HashMap<>();
        Map<String, TensorData> biases = new HashMap<>();
        Map<Layer, InputMoments> layers = groups.get(group);
        int done = 0;
        for (Map.Entry<Layer, InputMoments> e : layers.entrySet()) {
            RoundedWeight rounded = round(e.getKey(), e.getValue());
            weights.put(e.getKey().weight(), rounded);
            scales.put(e.getKey().weight(), rounded.quant());
            if (recipe.biasCorrection(use(e.getKey()))) {
                biases.put(e.getKey().weight(), BiasCorrection.corrected(program, e.getKey(), rounded, e.getValue()));
            }
            progress.at("rounding weights", ++done, layers.size());
        }
        program = Constants.replace(program, weights, biases);
        groups.set(group, Map.of());
    }

    private RoundedWeight round(Layer layer, InputMoments moments) {
        WeightUse use = use(layer);
        // a corrected bias takes the mean of the error away: what is left is the error about the mean
        boolean centered = recipe.biasCorrection(use);
        QuantParams quant = recipe.scales(use) == Scales.SEQUENTIAL_MSE
                ? SequentialMse.scales(layer, recipe.weightStorage(use), moments, centered)
                : WeightScales.perChannel(layer.data(), recipe.weightStorage(use), recipe.scales(use) == Scales.MSE);
        return switch (recipe.rounding(use)) {
            case NEAREST -> WeightRounding.round(layer, quant, g -> WeightRounding.nearest());
            case GPTQ -> WeightRounding.round(layer, quant, g -> new Gptq(moments.estimate(g, centered), layer.inputs()));
            // As in the paper, on what was seen: no weight moves by more than a step, so there is little to spend on chance.
            case ADAROUND -> WeightRounding.round(layer, quant, g -> new AdaRound(moments.second(g, centered), layer.inputs()));
        };
    }

    /** The FLOAT program with the weights and biases decided so far. */
    public Program program() {
        return program;
    }

    /** Encodings of the weights decided so far. */
    public Map<String, QuantParams> scales() {
        return scales;
    }
}
