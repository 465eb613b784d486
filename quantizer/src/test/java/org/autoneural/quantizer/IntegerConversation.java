package org.autoneural.quantizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.autoneural.ir.DType;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.ir.interpret.StatefulRun;
import org.autoneural.model.ModelFacts;

/** An integer program run as a runtime would: no real number from the picture's bytes to the token. */
final class IntegerConversation {
    private final Program program;
    private final ModelFacts facts;
    private final IntegerInterpreter interpreter;
    private final StatefulRun run;
    private Tensor features;
    private int featureRows;
    private int position;

    IntegerConversation(Program program, ModelFacts facts, IntegerInterpreter interpreter) {
        this.program = program;
        this.facts = facts;
        this.interpreter = interpreter;
        this.run = new StatefulRun(interpreter::run);
    }

    IntegerConversation see(Tensor picture) {
        features = interpreter.run(program.entryPoint("vision"), Map.of("image", picture)).get("features");
        featureRows = 0;
        return this;
    }

    Map<String, Tensor> states() {
        return run.states();
    }

    /** One chunk; padding rows hold what must not matter. */
    Tensor prefill(List<Integer> ids) {
        int chunk = facts.chunk();
        int width = facts.hiddenSize();
        Tensor padded = Tensor.zeros(DType.S32, Shape.of(chunk));
        Tensor mask = Tensor.zeros(DType.U8, Shape.of(chunk));
        Tensor rows = Tensor.zeros(features.dtype(), Shape.of(chunk, width));
        for (int t = 0; t < chunk; t++) {
            padded.setLong(t, t < ids.size() ? ids.get(t) : 11);
            boolean image = t < ids.size() && ids.get(t).equals(facts.imageTokenId().orElseThrow());
            mask.setLong(t, image ? 1 : 0);
            if (image) {
                rows.copyRange(t * width, features, featureRows++ * width, width);
            }
        }
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put("ids", padded);
        inputs.put("features", rows);
        inputs.put("image_mask", mask);
        inputs.put("pos", Tensor.index(position));
        inputs.put("n_valid", Tensor.index(ids.size()));
        position += ids.size();
        return run.run(program.entryPoint("prefill"), inputs).get("logits");
    }

    /** The ids in chunks of {@code chunk}, at most the model's. */
    Tensor prompt(List<Integer> ids, int chunk) {
        Tensor logits = null;
        for (int from = 0; from < ids.size(); from += chunk) {
            logits = prefill(ids.subList(from, Math.min(ids.size(), from + chunk)));
        }
        return logits;
    }

    Tensor decode(int id) {
        return run.run(program.entryPoint("decode"), Map.of("ids", Tensor.index(id), "pos", Tensor.index(position++))).get("logits");
    }

    /** Ids from {@code logits} on, the end id included. */
    List<Integer> greedy(Tensor logits, int limit) {
        List<Integer> ids = new ArrayList<>();
        Tensor next = logits;
        while (ids.size() < limit) {
            int best = 0;
            for (int i = 1; i < next.elements(); i++) {
                best = next.getLong(i) > next.getLong(best) ? i : best;
            }
            ids.add(best);
            if (facts.eosTokenIds().contains(best)) {
                break;
            }
            next = decode(best);
        }
        return ids;
    }
}
