package org.autoneural.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.autoneural.compare.DumpWriter;
import org.autoneural.image.PictureDecoder;
import org.autoneural.runtime.Answer;
import org.autoneural.runtime.Cancellation;
import org.autoneural.runtime.CompiledModel;
import org.autoneural.runtime.Conversation;
import org.autoneural.runtime.Question;
import org.autoneural.runtime.Generation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code autoneural run}. */
@Command(name = "run", sortOptions = false, header = "Ask a model about pictures: one question, or a chat.",
        description = {"", "A checkpoint is compiled first and kept in the cache folder, so the next run starts at once."
            + " The answer goes to standard output as it is made, everything else to standard error.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural run --ask \"What do you see?\"",
            "  autoneural run model.npu --image cluster.png --ask \"How fast is the car going?\"",
            "  autoneural run --image cluster.png            a chat; /help lists its commands",
            "",
            "Cache folder: $XDG_CACHE_HOME/autoneural or ~/.cache/autoneural; delete it whenever you like."})
final class RunCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "0..1", paramLabel = "MODEL", defaultValue = "cockpit-tiny", description = "Default: cockpit-tiny. Otherwise "
            + ModelSource.DESCRIPTION + ".")
    private String name;

    @Option(names = {"-i", "--image"}, paramLabel = "FILE", description = "A PNG or JPEG picture that the first question is about; may be"
            + " given several times. Default for the built-in models: a picture of an instrument cluster.")
    private List<Path> images = new ArrayList<>();

    @Option(names = {"-a", "--ask"}, paramLabel = "QUESTION", description = "Answer this question and exit. Without it: a chat.")
    private Optional<String> question;

    @Option(names = "--ids", paramLabel = "N,...", split = ",", description = "Instead of a question: token ids to go on from. The ids that"
            + " follow are printed; works for models without a tokenizer.")
    private List<Integer> ids = new ArrayList<>();

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private ExecutionChoice execution;

    @Option(names = "--dump", paramLabel = "DIR", description = "Also write every tensor of the first run of each entry point to a new"
            + " folder, for @|bold compare|@; needs --ask.")
    private Optional<Path> dump;

    @Option(names = {"-q", "--quiet"}, description = "Print the answer and errors only.")
    private boolean quiet;

    @Option(names = "--json", description = "Print answer, token ids, ending and times as one JSON object.")
    private boolean json;

    @Mixin
    private CommonOptions common;

    RunCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (!ids.isEmpty() && (question.isPresent() || !images.isEmpty() || dump.isPresent())) {
            throw new UsageException("run: --ids goes with neither --ask nor --image nor --dump; leave them out");
        }
        if (json && question.isEmpty() && ids.isEmpty()) {
            throw new UsageException("run: --json needs a question; add --ask QUESTION");
        }
        if (dump.isPresent() && question.isEmpty()) {
            throw new UsageException("run: --dump needs a question; add --ask QUESTION");
        }
        ModelSource source = ModelSource.of(name);
        Path file = compiled(source);
        long start = System.nanoTime();
        try (CompiledModel model = CompiledModel.load(file, execution.shared())) {
            double loadMs = millis(start);
            Generation generation = sampling.applyTo(model.generation());
            if (!ids.isEmpty()) {
                goOn(model, generation, loadMs);
                return ExitCode.OK;
            }
            List<Path> pictures = pictures(source);
            if (question.isPresent()) {
                answer(model, generation, pictures, loadMs);
            } else {
                new Chat(model, generation, console).run(pictures);
            }
        }
        return ExitCode.OK;
    }

    /** From token ids to token ids. */
    private void goOn(CompiledModel model, Generation generation, double loadMs) {
        long start = System.nanoTime();
        double[] firstIdMs = {-1};
        List<Integer> answer = model.continueIds(ids.stream().mapToInt(Integer::intValue).toArray(), generation, id -> {
            if (firstIdMs[0] < 0) {
                firstIdMs[0] = millis(start);
            }
            if (!json) {
                stream(id + " ");
            }
        });
        double totalMs = millis(start);
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("ids", answer);
            object.put("model", model.metadata());
            object.put("kernels", model.kernels());
            object.put("loadMs", loadMs);
            object.put("firstIdMs", answer.isEmpty() ? totalMs : firstIdMs[0]);
            object.put("totalMs", totalMs);
            console.out().println(Json.line(object));
        } else {
            console.out().println();
            String first = answer.isEmpty() ? "a stop token came first" : String.format(Locale.ROOT, "first after %.0f ms more", firstIdMs[0]);
            console.note(quiet, String.format(Locale.ROOT, "(%d ids; loaded in %.0f ms, %s, all after %.0f ms)", answer.size(), loadMs,
                    first, totalMs));
        }
    }

    private Path compiled(ModelSource source) {
        if (source.isCompiled()) {
            return source.path();
        }
        ProgressBar progress = console.progress(quiet || json);
        try {
            return new ModelCache(console.cache()).compiled(source, source.options(console), progress);
        } finally {
            progress.clear();
        }
    }

    private List<Path> pictures(ModelSource source) {
        if (images.isEmpty() && source.builtIn().isPresent()) {
            Path sample = source.builtIn().get().samplePicture();
            show(sample, " (comes with the model; --image chooses another)");
            return List.of(sample);
        }
        images.forEach(image -> show(image, ""));
        return images;
    }

    private void show(Path picture, String remark) {
        if (quiet || json) {
            return;
        }
        if (console.errColours()) {
            console.err().print(Preview.of(new PictureDecoder().decode(picture)));
        }
        console.err().println("Picture:  " + picture + remark);
    }

    private void answer(CompiledModel model, Generation generation, List<Path> pictures, double loadMs) {
        console.note(quiet || json, "Question: " + question.orElseThrow());
        if (dump.isEmpty()) {
            answer(model, model.newConversation(), generation, pictures, loadMs);
            return;
        }
        DumpWriter writer = DumpWriter.create(dump.get(), "autoneural, kernels " + model.kernels());
        answer(model, model.newConversation(writer), generation, pictures, loadMs);
        writer.finish();
    }

    private void answer(CompiledModel model, Conversation fresh, Generation generation, List<Path> pictures, double loadMs) {
        try (Conversation conversation = fresh) {
            Timed timed = ask(conversation, question.orElseThrow(), pictures, generation, json ? text -> { } : this::stream,
                    new Cancellation());
            if (json) {
                console.out().println(Json.line(object(model, timed, pictures, loadMs)));
            } else {
                console.out().println();
                console.note(quiet, timed.summary());
            }
        }
    }

    private void stream(String text) {
        console.out().print(text);
        console.out().flush();
    }

    private Map<String, Object> object(CompiledModel model, Timed timed, List<Path> pictures, double loadMs) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("answer", timed.answer().text());
        object.put("ids", timed.answer().ids());
        object.put("ending", timed.answer().ending().name().toLowerCase(Locale.ROOT));
        object.put("question", question.orElseThrow());
        object.put("images", pictures.stream().map(Path::toString).toList());
        object.put("model", model.metadata());
        object.put("kernels", model.kernels());
        object.put("loadMs", loadMs);
        object.put("firstTextMs", timed.firstTextMs());
        object.put("totalMs", timed.totalMs());
        return object;
    }

    /**
     * An answer and how long it took.
     *
     * @param firstTextMs from the question to the first piece of text: picture, prefill, first token
     * @param totalMs     from the question to the end
     */
    record Timed(Answer answer, double firstTextMs, double totalMs) {
        String summary() {
            int tokens = answer.ids().size();
            String speed = tokens < 2 ? "" : String.format(Locale.ROOT, ", then %.0f tokens/s", 1000 * (tokens - 1) / (totalMs - firstTextMs));
            return String.format(Locale.ROOT, "(%d tokens; first after %.0f ms%s; %s)", tokens, firstTextMs, speed,
                    answer.ending().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        }
    }

    static Timed ask(Conversation conversation, String question, List<Path> pictures, Generation generation, Consumer<String> onText,
            Cancellation cancel) {
        Question asked = conversation.ask(question).with(generation).until(cancel);
        pictures.forEach(picture -> asked.about(picture));
        long start = System.nanoTime();
        double[] firstTextMs = {-1};
        Answer answer = asked.answer(text -> {
            if (firstTextMs[0] < 0) {
                firstTextMs[0] = millis(start);
            }
            onText.accept(text);
        });
        double totalMs = millis(start);
        return new Timed(answer, firstTextMs[0] < 0 ? totalMs : firstTextMs[0], totalMs);
    }

    private static double millis(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e6;
    }
}
