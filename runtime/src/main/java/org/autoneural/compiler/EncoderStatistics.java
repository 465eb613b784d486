package org.autoneural.compiler;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Shape;
import org.autoneural.ir.interpret.FloatInterpreter;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Linear;
import org.autoneural.quantizer.report.ActivationMeter;
import org.autoneural.quantizer.report.ActivationStatistics;

/** Statistics of the float activations of a vision encoder. */
public final class EncoderStatistics {
    private EncoderStatistics() {}

    /**
     * Of every activation that a convolution or linear layer of the optimized graph reads, in the order of the graph.
     *
     * @param pictures PNG or JPEG files, at least one
     */
    public static List<ActivationStatistics> measure(CompileOptions options, List<Path> pictures, Progress progress) {
        try (Compiler compiler = new Compiler(options, progress)) {
            Graph vision = compiler.optimized().entryPoint("vision");
            Shape image = vision.type("image").shape();
            Map<String, ActivationMeter> meters = new LinkedHashMap<>();
            for (Node node : vision.nodes()) {
                String x = node.inputs().get(0);
                boolean product = node.op() instanceof Conv2d || node.op() instanceof Linear;
                if (product && vision.type(x).dtype() == DType.F32 && !meters.containsKey(x)) {
                    meters.put(x, new ActivationMeter(vision.type(x).shape().dim(-1)));
                }
            }
            FloatInterpreter interpreter = new FloatInterpreter();
            try (ModelText text = ModelText.read(options.checkpoint(), image.dim(1), image.dim(2))) {
                for (int i = 0; i < pictures.size(); i++) {
                    progress.at("looking", i, pictures.size());
                    interpreter.run(vision, Map.of("image", text.pixels(image, pictures.get(i))), (value, tensor) -> {
                        if (meters.containsKey(value)) {
                            meters.get(value).add(tensor.toFloats());
                        }
                    });
                }
            }
            progress.at("looking", pictures.size(), pictures.size());
            List<ActivationStatistics> all = new ArrayList<>();
            meters.forEach((value, meter) -> all.add(meter.result(value, vision.producer(value).map(Node::source).orElse(""))));
            return all;
        }
    }
}
