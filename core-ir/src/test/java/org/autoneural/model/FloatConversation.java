package org.autoneural.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.interpret.FloatExecutor;
import org.autoneural.ir.interpret.StatefulRun;

/** A vision-language program run by the float interpreter, as a runtime would: picture, prefill in chunks, greedy decoding. */
final class FloatConversation {
    private final Program program;
    private final FloatExecutor interpreter;
    private final ModelFacts facts;
    private final StatefulRun run;
    private BiConsumer<String, Tensor> listener = (value, tensor) -> { };
    private float[] features = new float[0];
    private int featureRows;
    private int position;

    FloatConversation(Program program, FloatExecutor interpreter, ModelFacts facts) {
        this.program = program;
        this.interpreter = interpreter;
        this.facts = facts;
        this.run = new StatefulRun((graph, inputs) -> interpreter.run(graph, inputs, (v, t) -> listener.accept(v, t)));
    }

    FloatConversation listen(BiConsumer<String, Tensor> other) {
        listener = other;
        return this;
    }

    StatefulRun states() {
        return run;
    }

    /** Runs the encoder; later image ids take rows of its result in order. */
    FloatConversation see(TensorData image) {
        Shape shape = Shape.of(1, facts.pictureHeight(), facts.pictureWidth(), facts.channels());
        Tensor picture = Tensor.ofInts(DType.U8, shape, image.toInts());
        return seen(interpreter.run(program.entryPoint("vision"), Map.of("image", picture), listener).get("features"));
    }

    /** Takes {@code rows} [T, D] for the encoder's result. */
    FloatConversation seen(TensorData rows) {
        features = rows.toFloats();
        featureRows = 0;
        return this;
    }

    /** One chunk; rows beyond {@code ids} are filled with what must not matter. Gives the logits [V] of the last id. */
    float[] prefill(int... ids) {
        int chunk = facts.chunk();
        int width = facts.hiddenSize();
        int[] padded = new int[chunk];
        int[] mask = new int[chunk];
        float[] rows = new float[chunk * width];
        Arrays.fill(padded, facts.vocabulary() - 1);
        Arrays.fill(rows, 1e4f);
        for (int t = 0; t < chunk; t++) {
            mask[t] = t >= ids.length ? t % 2 : ids[t] == facts.imageTokenId().orElseThrow() ? 1 : 0;
            if (t < ids.length) {
                padded[t] = ids[t];
                if (mask[t] == 1) {
                    System.arraycopy(features, featureRows++ * width, rows, t * width, width);
                }
            }
        }
        Map<String, TensorData> inputs = new HashMap<>();
        inputs.put("ids", Tensor.ofInts(DType.S32, Shape.of(chunk), padded));
        inputs.put("features", Tensor.ofFloats(Shape.of(chunk, width), rows));
        inputs.put("image_mask", Tensor.ofInts(DType.U8, Shape.of(chunk), mask));
        inputs.put("pos", Tensor.index(position));
        inputs.put("n_valid", Tensor.index(ids.length));
        position += ids.length;
        return run.run(program.entryPoint("prefill"), inputs).get("logits").toFloats();
    }

    /** The whole prompt in full chunks. */
    float[] prompt(int... ids) {
        float[] logits = {};
        for (int from = 0; from < ids.length; from += facts.chunk()) {
            logits = prefill(Arrays.copyOfRange(ids, from, Math.min(ids.length, from + facts.chunk())));
        }
        return logits;
    }

    float[] decode(int id) {
        Graph decode = program.entryPoint("decode");
        return run.run(decode, Map.of("ids", Tensor.index(id), "pos", Tensor.index(position++))).get("logits").toFloats();
    }

    /** Ids from {@code logits} on, the end id included. */
    List<Integer> greedy(float[] logits, int limit) {
        List<Integer> ids = new ArrayList<>();
        float[] next = logits;
        while (ids.size() < limit) {
            int id = argmax(next);
            ids.add(id);
            if (facts.eosTokenIds().contains(id)) {
                break;
            }
            next = decode(id);
        }
        return ids;
    }

    static int argmax(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }
}
