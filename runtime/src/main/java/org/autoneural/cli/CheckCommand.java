package org.autoneural.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.autoneural.artifact.Artifact;
import org.autoneural.backend.Backends;
import org.autoneural.backend.Survey;
import org.autoneural.backend.Survey.Verdict;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.Compiler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code autoneural check}. */
@Command(name = "check", sortOptions = false, header = "Say what a chip makes of a model, op by op, before compiling for it.",
        description = {"", "Lists which nodes run as they stand, which are written otherwise and which are refused, each with the rule, where"
            + " it is written, and what to do; and what the model takes of the chip's memory. Needs no tools of the chip's maker.",
            "", "A checkpoint is looked at by its structure: no weight is read and nothing is calibrated, so a model of any size takes"
            + " seconds. A compiled file is looked at as it is.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural check cockpit-tiny --target qnn-sa8295p",
            "  autoneural check my-checkpoint --target qnn-sa8295p --chunk 128 --context 2048",
            "  autoneural check model.npu --target qnn-sa8295p --json",
            "", "Exit code 1 means that the target refuses something."})
final class CheckCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "What to look at: " + ModelSource.DESCRIPTION + ".")
    private String model;

    @Option(names = "--target", paramLabel = "NAME", required = true, description = "The target, such as qnn-sa8295p.")
    private String target;

    @Option(names = "--recipe", paramLabel = "NAME|FILE", description = "Of a checkpoint: what gets how many bits, as for compile.")
    private Optional<String> recipe;

    @Option(names = "--context", paramLabel = "N", description = "Of a checkpoint: most tokens of a conversation, as for compile.")
    private Optional<Integer> context;

    @Option(names = "--chunk", paramLabel = "N", description = "Of a checkpoint: tokens taken in at once, as for compile.")
    private Optional<Integer> chunk;

    @Option(names = "--picture-size", paramLabel = "N", description = "Of a checkpoint: height and width of pictures, as for compile.")
    private Optional<Integer> pictureSize;

    @Option(names = "--json", description = "Print one JSON object, with every node.")
    private boolean json;

    @Mixin
    private CommonOptions common;

    CheckCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Backends.Choice choice = Backends.target(target);
        ModelSource source = ModelSource.of(model);
        Survey survey = source.isCompiled() ? compiled(source, choice) : structure(source);
        boolean accepted = survey.nodes().stream().noneMatch(n -> n.verdict() == Verdict.REFUSED)
                && survey.contexts().stream().allMatch(Survey.Context::fits);
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("model", model);
            object.put("target", target);
            object.put("accepted", accepted);
            object.put("nodes", survey.nodes());
            object.put("contexts", survey.contexts());
            object.put("contextLimitBytes", survey.contextLimitBytes());
            console.out().println(Json.line(object));
        } else {
            console.out().println(model + " for " + choice.target().name() + ": " + choice.target().description());
            SurveyText.lines(survey).forEach(console.out()::println);
        }
        return accepted ? ExitCode.OK : ExitCode.FAILED;
    }

    private Survey compiled(ModelSource source, Backends.Choice choice) {
        if (List.of(recipe, context, chunk, pictureSize).stream().anyMatch(Optional::isPresent)) {
            throw new UsageException("check: --recipe, --context, --chunk and --picture-size are fixed in a compiled file; leave them out");
        }
        try (Artifact artifact = Artifact.open(source.path())) {
            return choice.backend().survey(artifact.program(), choice.target());
        }
    }

    private Survey structure(ModelSource source) {
        CompileOptions options = CompileOptions.of(source.path()).withTarget(target);
        options = recipe.map(options::withRecipe).orElse(options);
        options = context.map(options::withContext).orElse(options);
        options = chunk.map(options::withChunk).orElse(options);
        options = pictureSize.map(options::withPictureSize).orElse(options);
        try (Compiler compiler = new Compiler(options, (stage, done, total) -> { })) {
            return compiler.survey();
        }
    }
}
