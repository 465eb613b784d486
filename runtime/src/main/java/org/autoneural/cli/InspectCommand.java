package org.autoneural.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.autoneural.artifact.Artifact;
import org.autoneural.inspect.ModelDifference;
import org.autoneural.inspect.ModelPage;
import org.autoneural.ir.text.DotPrinter;
import org.autoneural.ir.text.IrPrinter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code autoneural inspect}. */
@Command(name = "inspect", sortOptions = false, header = "Show what is in a compiled model.",
        description = {"", "Facts of the compiler, entry points, bits of the weights layer by layer, where encodings come from, and the"
            + " files inside.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural inspect model.npu",
            "  autoneural inspect model.npu --verify          read every byte and check its hash",
            "  autoneural inspect model.npu --text            the integer graphs as text",
            "  autoneural inspect model.npu --html page.html  the graphs as a picture",
            "  autoneural inspect --diff old.npu new.npu      what changed"})
final class InspectCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "FILE", arity = "1..2", description = "A compiled model; two with --diff.")
    private List<Path> given;

    @Option(names = "--verify", description = "Read the whole file and check every hash first.")
    private boolean verify;

    @Option(names = "--text", description = "Print the integer graphs of all entry points as text.")
    private boolean text;

    @Option(names = "--dot", paramLabel = "ENTRY", description = "Print the graph of this entry point for Graphviz.")
    private Optional<String> dot;

    @Option(names = "--html", paramLabel = "PAGE", description = "Write a page that draws the graphs: zoom, drag, click for details.")
    private Optional<Path> html;

    @Option(names = "--errors", paramLabel = "FILE", description = "With --html: errors to show at the nodes, the JSON that quantize-report --json"
            + " wrote.")
    private Optional<Path> errors;

    @Option(names = "--diff", description = "Say in words what changed from the first file to the second; exit code 1 when something did.")
    private boolean diff;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private CommonOptions common;

    InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (text && json) {
            throw new UsageException("inspect: choose one of --text and --json");
        }
        if (errors.isPresent() && html.isEmpty()) {
            throw new UsageException("inspect: --errors goes with --html");
        }
        html.ifPresent(WholeFile::requirePlace);
        if (given.size() != (diff ? 2 : 1)) {
            throw new UsageException("inspect: " + given.size() + " files are given; allowed: " + (diff ? "two with --diff" : "one, or two with --diff"));
        }
        return diff ? compare() : show(given.get(0));
    }

    private int compare() {
        try (Artifact before = Artifact.open(given.get(0)); Artifact after = Artifact.open(given.get(1))) {
            ModelDifference difference = ModelDifference.between(before, after);
            if (json) {
                console.out().println(Json.line(Map.of("same", difference.isEmpty(), "differences", difference.lines())));
            } else if (difference.isEmpty()) {
                console.out().println("The two models are the same.");
            } else {
                difference.lines().forEach(console.out()::println);
            }
            return difference.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    private int show(Path file) throws IOException {
        try (Artifact artifact = Artifact.open(file)) {
            if (verify) {
                artifact.verify();
            }
            if (html.isPresent()) {
                WholeFile.write(html.get(), ModelPage.html(artifact, errors.map(LossFile::sqnrDb).orElse(Map.of())).getBytes(StandardCharsets.UTF_8));
                console.out().println("Written to " + html.get() + ": open it in a browser.");
            } else if (dot.isPresent()) {
                console.out().print(DotPrinter.print(artifact.program().entryPoint(dot.get())));
            } else if (text) {
                artifact.program().entryPoints().forEach(graph -> console.out().println(IrPrinter.print(graph)));
            } else {
                ArtifactFacts facts = ArtifactFacts.of(artifact);
                Map<String, Object> object = new LinkedHashMap<>(facts.object());
                object.put("verified", verify);
                console.out().println(json ? Json.line(object) : facts.text()
                        + (verify ? "Verified: every byte has its hash." : "").stripTrailing());
            }
        }
        return ExitCode.OK;
    }
}
