package org.autoneural.compiler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.interpret.FloatExecutor;
import org.autoneural.ir.interpret.FloatInterpreter;
import org.autoneural.quantizer.Quantization;
import org.autoneural.quantizer.observe.CalibrationSample;
import org.autoneural.quantizer.report.LayerComparison;
import org.autoneural.quantizer.report.LayerLoss;
import org.autoneural.quantizer.report.LossReport;
import org.autoneural.quantizer.report.WeightLoss;

/**
 * Makes a {@link LossReport}: compiles as far as the integer graphs, looks at pictures and reads one question with its answer
 * about each. The language model reads token by token, with the visual tokens of the float encoder, so that its losses are its
 * own.
 */
public final class LossMeasurement {
    private LossMeasurement() {}

    /**
     * Measures.
     *
     * @param options   how to compile; chunk and context do not matter
     * @param questions should not be those that calibrate
     * @param pictures  the first so many of the questions' pictures
     */
    public static LossReport measure(CompileOptions options, QaSet questions, int pictures, Progress progress) {
        QaSet chosen = new QaSet(questions.file(), onePerPicture(questions, pictures));
        // With chunks of one token no row is padding, and prefill and decode are the same.
        try (Compiler compiler = new Compiler(options.withChunk(1), progress)) {
            Quantization.Result quantization = compiler.quantization();
            Program floats = quantization.floats();
            Program quantized = quantization.program();
            Program integers = compiler.integer(quantized);
            LayerComparison vision = comparison("vision", floats, quantized, integers);
            LayerComparison language = comparison("prefill", floats, quantized, integers);
            FloatExecutor executor = new FloatInterpreter();
            List<CalibrationSample> samples = CalibrationData.samples(options.checkpoint(), floats, chosen);
            int tokens = 0;
            for (int i = 0; i < samples.size(); i++) {
                progress.at("comparing", i, samples.size());
                Map<String, Tensor> picture = Map.of("image", samples.get(i).pictures().get(0));
                vision.run(picture);
                read(language, floats.entryPoint("prefill"), samples.get(i), executor.run(floats.entryPoint("vision"), picture).get("features"));
                tokens += samples.get(i).ids().size();
            }
            progress.at("comparing", samples.size(), samples.size());
            List<LayerLoss> layers = new ArrayList<>(vision.losses());
            layers.addAll(language.losses());
            List<WeightLoss> weights = new ArrayList<>(vision.weights());
            weights.addAll(language.weights());
            String model = options.checkpoint().toAbsolutePath().normalize().getFileName().toString();
            return new LossReport(model, compiler.recipe().name(), samples.size(), tokens, layers, weights);
        }
    }

    private static LayerComparison comparison(String graph, Program floats, Program quantized, Program integers) {
        return new LayerComparison(floats.entryPoint(graph), quantized.entryPoint(graph), integers.entryPoint(graph));
    }

    /** Of the k-th picture the k-th of its questions, so that all kinds occur. */
    private static List<QaSet.Line> onePerPicture(QaSet questions, int pictures) {
        Map<Object, List<QaSet.Line>> byPicture = new LinkedHashMap<>();
        questions.lines().forEach(line -> byPicture.computeIfAbsent(line.image(), p -> new ArrayList<>()).add(line));
        List<QaSet.Line> chosen = new ArrayList<>();
        for (Entry<Object, List<QaSet.Line>> e : byPicture.entrySet()) {
            if (chosen.size() < pictures) {
                chosen.add(e.getValue().get(chosen.size() % e.getValue().size()));
            }
        }
        return chosen;
    }

    private static void read(LayerComparison language, Graph prefill, CalibrationSample sample, Tensor features) {
        language.restart();
        Shape row = prefill.type("features").shape();
        int seen = 0;
        for (int pos = 0; pos < sample.ids().size(); pos++) {
            boolean visual = sample.imageRows().get(pos);
            Tensor feature = Tensor.zeros(DType.F32, row);
            if (visual) {
                feature.copyRange(0, features, row.dim(1) * seen++, row.dim(1));
            }
            Map<String, Tensor> inputs = new HashMap<>(Map.of("ids", Tensor.index(sample.ids().get(pos)), "pos", Tensor.index(pos),
                    "n_valid", Tensor.index(1), "features", feature));
            inputs.put("image_mask", Tensor.ofInts(DType.U8, Shape.of(1), visual ? 1 : 0));
            language.run(inputs);
        }
    }
}
