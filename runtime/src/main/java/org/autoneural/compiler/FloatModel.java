package org.autoneural.compiler;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.autoneural.checkpoint.Checkpoint;
import org.autoneural.checkpoint.WeightCheck;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.interpret.FastFloatInterpreter;
import org.autoneural.ir.interpret.FloatExecutor;
import org.autoneural.ir.interpret.StatefulRun;
import org.autoneural.model.ModelFacts;
import org.autoneural.model.VisionLanguageModel;
import org.autoneural.text.Message;
import org.autoneural.text.Prompt;

/**
 * The float reference: a checkpoint run by the fast float executor, greedily. What integers are measured against. Thread-safe:
 * all threads read the weights where the checkpoint has them; a picture's visual tokens are computed once.
 */
public final class FloatModel implements AutoCloseable {
    private static final int CHUNK = 32;
    private static final int CONTEXT = 1024;

    private final Checkpoint checkpoint;
    private final Program program;
    private final ModelFacts facts;
    private final ModelText text;
    private final Map<Path, Tensor> features = new ConcurrentHashMap<>();
    private final FloatExecutor interpreter = new FastFloatInterpreter();

    private FloatModel(Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
        checkpoint.tensors().forEach(name -> WeightCheck.requireFinite(checkpoint.tensor(name)));
        VisionLanguageModel model = VisionLanguageModel.open(checkpoint);
        int limit = checkpoint.config().getPositiveInt("text_config.max_position_embeddings", CONTEXT);
        this.program = model.floatProgram(new VisionLanguageModel.Options(CHUNK, Math.min(limit, CONTEXT), OptionalInt.empty()));
        this.facts = model.facts(program);
        this.text = ModelText.read(checkpoint.folder(), facts.pictureHeight(), facts.pictureWidth());
    }

    /** @param folder a checkpoint */
    public static FloatModel open(Path folder) {
        Checkpoint checkpoint = Checkpoint.open(folder);
        try {
            return new FloatModel(checkpoint);
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    /** The greedy answer to a question about a picture, in words. */
    public String answer(Path picture, String question, int maxTokens) {
        Tensor rows = features.computeIfAbsent(picture, this::look);
        Prompt prompt = text.prompts().prompt(List.of(Message.user(1, question)));
        int[] ids = answer(prompt, rows, maxTokens).stream().mapToInt(Integer::intValue).toArray();
        return text.tokenizer().decode(ids);
    }

    /** How likely it finds {@code answer} to a question about a picture. */
    public AnswerScore score(Path picture, String question, String answer) {
        Tensor rows = features.computeIfAbsent(picture, this::look);
        Prompt prompt = text.prompts().prompt(List.of(Message.user(1, question)));
        StatefulRun run = new StatefulRun(interpreter::run);
        float[] logits = prefill(run, prompt, rows);
        AnswerScore score = AnswerScore.NONE;
        int position = prompt.ids().length;
        for (int id : text.tokenizer().encode(answer)) {
            float[] before = logits;
            score = score.plus(i -> before[i], before.length, id);
            logits = decode(run, id, position++);
        }
        float[] last = logits;
        return score.ended(i -> last[i], last.length, facts.eosTokenIds());
    }

    private float[] decode(StatefulRun run, int id, int position) {
        return run.run(program.entryPoint("decode"), Map.of("ids", Tensor.index(id), "pos", Tensor.index(position))).get("logits").toFloats();
    }

    private float[] prefill(StatefulRun run, Prompt prompt, Tensor rows) {
        float[] logits = new float[0];
        for (int position = 0; position < prompt.ids().length; position += CHUNK) {
            logits = prefill(run, prompt, rows, position);
        }
        return logits;
    }

    /** The visual tokens of a picture, row by row. */
    float[] features(Path picture) {
        return features.computeIfAbsent(picture, this::look).toFloats();
    }

    private Tensor look(Path picture) {
        Graph vision = program.entryPoint("vision");
        Tensor image = text.pixels(vision.type("image").shape(), picture);
        return interpreter.run(vision, Map.of("image", image)).get("features");
    }

    private List<Integer> answer(Prompt prompt, Tensor rows, int maxTokens) {
        StatefulRun run = new StatefulRun(interpreter::run);
        float[] logits = prefill(run, prompt, rows);
        int position = prompt.ids().length;
        List<Integer> ids = new ArrayList<>();
        while (ids.size() < maxTokens) {
            int id = largest(logits);
            if (facts.eosTokenIds().contains(id)) {
                break;
            }
            ids.add(id);
            logits = decode(run, id, position++);
        }
        return ids;
    }

    private float[] prefill(StatefulRun run, Prompt prompt, Tensor rows, int position) {
        Graph graph = program.entryPoint("prefill");
        int chunk = graph.type("ids").shape().dim(0);
        int count = Math.min(chunk, prompt.ids().length - position);
        Tensor ids = Tensor.zeros(DType.S32, Shape.of(chunk));
        Tensor mask = Tensor.zeros(DType.U8, Shape.of(chunk));
        Tensor visual = Tensor.zeros(DType.F32, graph.type("features").shape());
        for (int t = 0; t < count; t++) {
            ids.setLong(t, prompt.ids()[position + t]);
            int row = Arrays.binarySearch(prompt.pictureRows(), position + t);
            if (row >= 0) {
                mask.setLong(t, 1);
                visual.copyRange(t * facts.hiddenSize(), rows, row * facts.hiddenSize(), facts.hiddenSize());
            }
        }
        return run.run(graph, Map.of("ids", ids, "image_mask", mask, "features", visual, "pos", Tensor.index(position),
                "n_valid", Tensor.index(count))).get("logits").toFloats();
    }

    private static int largest(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }

    @Override
    public void close() {
        text.close();
        checkpoint.close();
    }
}
