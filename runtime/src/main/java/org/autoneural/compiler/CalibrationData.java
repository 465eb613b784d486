package org.autoneural.compiler;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.autoneural.checkpoint.Checkpoint;
import org.autoneural.checkpoint.CheckpointException;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.quantizer.observe.CalibrationSample;
import org.autoneural.text.Message;
import org.autoneural.text.Prompt;

/**
 * Samples to calibrate on: each line of a qa.jsonl becomes its picture, the prompt of its question and the tokens of its
 * answer. Lines of split {@code calib} only, where lines name splits. A checkpoint without a tokenizer, which no question fits,
 * gets a generated sample.
 */
final class CalibrationData {
    private static final String TOKENIZER = "tokenizer.json";

    private CalibrationData() {}

    /** Whether {@code checkpoint} has no tokenizer to read questions with. */
    static boolean isGenerated(Checkpoint checkpoint) {
        return !Files.exists(checkpoint.folder().resolve(TOKENIZER));
    }

    /**
     * What to calibrate on: the file that was given, else the checkpoint's own, none without a tokenizer.
     *
     * @throws CheckpointException when questions are missing, or were given and there is no tokenizer
     * @throws QaException         when they are wrong
     */
    static Optional<QaSet> questions(Checkpoint checkpoint, Optional<Path> given) {
        if (isGenerated(checkpoint)) {
            if (given.isPresent()) {
                throw new CheckpointException(checkpoint.folder(), "there is no " + TOKENIZER + " to read the questions of "
                        + given.get() + " with", "Add it, or leave out --calibration: a generated picture and token ids are used then.");
            }
            return Optional.empty();
        }
        Path file = given.orElse(checkpoint.folder().resolve("eval").resolve("qa.jsonl"));
        if (given.isEmpty() && !Files.exists(file)) {
            throw new CheckpointException(checkpoint.folder(), "there is nothing to calibrate on: no eval/qa.jsonl in the folder",
                    "Name a file with --calibration: one JSON object a line, {\"image\": path, \"question\": ..., \"answer\": ...},"
                    + " some dozens of typical pictures and questions.");
        }
        return Optional.of(QaSet.read(file).split("calib"));
    }

    static List<CalibrationSample> read(Checkpoint checkpoint, Program program, Optional<Path> given) {
        Optional<QaSet> questions = questions(checkpoint, given);
        return questions.isEmpty() ? List.of(GeneratedSample.of(program, context(program)))
                : samples(checkpoint.folder(), program, questions.get());
    }

    /** The questions with their answers, for {@code program} of the checkpoint in {@code folder}. */
    static List<CalibrationSample> samples(Path folder, Program program, QaSet questions) {
        int context = context(program);
        Shape image = program.entryPoint("vision").type("image").shape();
        try (ModelText text = ModelText.read(folder, image.dim(1), image.dim(2))) {
            List<CalibrationSample> samples = new ArrayList<>();
            Map<Path, Tensor> pictures = new HashMap<>();
            for (QaSet.Line line : questions.lines()) {
                Tensor picture = pictures.computeIfAbsent(line.image(), path -> text.pixels(image, path));
                CalibrationSample sample = sample(line, picture, text);
                if (sample.ids().size() > context) {
                    throw new IllegalArgumentException("the context of " + context + " tokens is too short for '" + line.question()
                            + "': with picture and answer it takes " + sample.ids().size()
                            + ". Choose a longer --context, or shorter questions");
                }
                samples.add(sample);
            }
            return samples;
        }
    }

    /** Most tokens that the caches hold; without attention there is no limit. */
    static int context(Program program) {
        Graph decode = program.entryPoint("decode");
        return decode.states().stream().filter(state -> state.input().endsWith(".k_cache"))
                .mapToInt(state -> decode.type(state.input()).shape().dim(1)).findFirst().orElse(Integer.MAX_VALUE);
    }

    private static CalibrationSample sample(QaSet.Line line, Tensor picture, ModelText text) {
        Prompt prompt = text.prompts().prompt(List.of(Message.user(1, line.question())));
        Set<Integer> rows = new HashSet<>();
        Arrays.stream(prompt.pictureRows()).forEach(rows::add);
        List<Integer> ids = new ArrayList<>();
        List<Boolean> imageRows = new ArrayList<>();
        for (int i = 0; i < prompt.ids().length; i++) {
            ids.add(prompt.ids()[i]);
            imageRows.add(rows.contains(i));
        }
        for (int id : text.tokenizer().encode(line.answer())) {
            ids.add(id);
            imageRows.add(false);
        }
        return new CalibrationSample(List.of(picture), ids, imageRows);
    }
}
