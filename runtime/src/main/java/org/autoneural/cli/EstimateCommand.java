package org.autoneural.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.autoneural.artifact.Artifact;
import org.autoneural.backend.LatencyEstimate;
import org.autoneural.backend.LatencyModel;
import org.autoneural.backend.LatencyModels;
import org.autoneural.backend.Measurement;
import org.autoneural.backend.Precision;
import org.autoneural.ir.Graph;
import org.autoneural.ir.pass.PassManager;
import org.autoneural.ir.pass.Passes;
import org.autoneural.model.zoo.Measurements;
import org.autoneural.model.zoo.Zoo;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code autoneural estimate}. */
@Command(name = "estimate", sortOptions = false, header = "Estimate how long a model takes on a chip that is not at hand.",
        description = {"", "Nothing is executed: a model of the chip, fitted to public measurements, gives a time with an 80 %% interval for each entry"
            + " point. docs/latency.md says how far it may be trusted.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural estimate --model model.npu --html estimate.html",
            "  autoneural estimate --network resnet50 --precision w8a8",
            "  autoneural estimate --network autoneural-vl --input-size 512 --json",
            "  autoneural estimate --model model.npu --entry vision --budget 100"})
final class EstimateCommand implements Callable<Integer> {
    private static final int NAMES_TOLD = 8;

    private final Console console;

    /** What is estimated. */
    static final class Subject {
        @Option(names = {"-m", "--model"}, required = true, paramLabel = "FILE.npu", description = "A compiled model.")
        private Optional<Path> model = Optional.empty();

        @Option(names = "--network", required = true, paramLabel = "NAME", description = "A public network by name; a wrong name lists them all.")
        private Optional<String> network = Optional.empty();
    }

    @ArgGroup(multiplicity = "1")
    private Subject subject;

    @Option(names = "--target", paramLabel = "NAME", description = "The chip. Default: sa8295p.")
    private String target = "sa8295p";

    @Option(names = "--input-size", paramLabel = "N", description = "Rows of the picture, tokens of the text, or tokens of context of a"
            + " language model. Default: the network's own.")
    private Optional<Integer> inputSize;

    @Option(names = "--precision", paramLabel = "NAME", description = "How a network is stored: w8a8, w8a16, w4a16 or fp16. Default: w8a16,"
            + " for language models w4a16.")
    private Optional<String> precision;

    @Option(names = "--entry", paramLabel = "NAME", description = "Only this entry point.")
    private Optional<String> entry;

    @Option(names = "--budget", paramLabel = "MS", description = "Fail with exit code 1 when the upper end of an interval exceeds this.")
    private Optional<Double> budget;

    @Option(names = "--calibrate", paramLabel = "FILE.csv", description = "Move the chip's speeds towards measurements: columns model,"
            + " precision and ms.")
    private Optional<Path> calibrate;

    @Option(names = "--csv", paramLabel = "FILE", description = "Write a table of all ops.")
    private Optional<Path> csv;

    @Option(names = "--trace", paramLabel = "FILE", description = "Write the schedule for chrome://tracing or ui.perfetto.dev.")
    private Optional<Path> trace;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a page with timeline, memory and roofline.")
    private Optional<Path> html;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private CommonOptions common;

    EstimateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (subject.model.isPresent() && (precision.isPresent() || inputSize.isPresent())) {
            throw new UsageException("estimate: --precision and --input-size go with --network; a compiled model has its own");
        }
        if (budget.isPresent() && !(budget.get() > 0)) {
            throw new UsageException("estimate: --budget is " + budget.get() + "; allowed: above 0");
        }
        Stream.of(csv, trace, html).flatMap(Optional::stream).forEach(WholeFile::requirePlace);
        LatencyModel model = LatencyModels.of(target);
        if (calibrate.isPresent()) {
            model = calibrated(model, calibrate.get());
        }
        List<LatencyEstimate> estimates = subject.model.isPresent() ? ofArtifact(model, subject.model.get()) : ofNetwork(model, subject.network.orElseThrow());
        EstimateReport report = new EstimateReport(subject.model.map(Path::toString).or(() -> subject.network).orElseThrow(),
                model.target().description(), estimates);
        if (csv.isPresent()) {
            WholeFile.write(csv.get(), report.csv().getBytes(StandardCharsets.UTF_8));
        }
        if (trace.isPresent()) {
            WholeFile.write(trace.get(), report.trace().getBytes(StandardCharsets.UTF_8));
        }
        if (html.isPresent()) {
            WholeFile.write(html.get(), report.page().getBytes(StandardCharsets.UTF_8));
        }
        console.out().println(json ? Json.line(report.object()) : report.text());
        return withinBudget(estimates) ? ExitCode.OK : ExitCode.FAILED;
    }

    private boolean withinBudget(List<LatencyEstimate> estimates) {
        boolean within = true;
        for (LatencyEstimate e : estimates) {
            if (budget.isPresent() && e.highMs() > budget.get()) {
                console.err().println("autoneural: " + e.graph() + " may take " + EstimateReport.ms(e.highMs()) + " on " + e.target()
                        + ", more than the budget of " + EstimateReport.ms(budget.get()));
                within = false;
            }
        }
        return within;
    }

    private LatencyModel calibrated(LatencyModel model, Path file) throws IOException {
        Measurements.Result measured;
        try {
            measured = Measurements.read(Files.readAllLines(file));
        } catch (IllegalArgumentException e) {
            throw new InputException(file + ": " + e.getMessage(), e);
        }
        List<Measurement> used = measured.used();
        if (used.isEmpty()) {
            throw new InputException(file + ": no row counts. Rows need the name of a network (estimate --network ? lists them)"
                    + (measured.unknown().isEmpty() ? "" : "; there are none named " + some(measured.unknown()))
                    + (measured.excluded().isEmpty() ? "" : "; left out: " + measured.excluded()));
        }
        if (!measured.unknown().isEmpty()) {
            console.err().println("autoneural: " + file + ": skipped networks that are not known: " + some(measured.unknown()));
        }
        measured.excluded().forEach(line -> console.err().println("autoneural: " + file + ": left out " + line));
        return model.calibrated(used);
    }

    private static String some(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(NAMES_TOLD, names.size())))
                + (names.size() > NAMES_TOLD ? " and " + (names.size() - NAMES_TOLD) + " more" : "");
    }

    private List<LatencyEstimate> ofArtifact(LatencyModel model, Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new InputException(file + " is a folder; compile the checkpoint first and name the model.npu");
        }
        try (Artifact artifact = Artifact.open(file)) {
            return selected(artifact.program().entryPoints()).stream().map(model::estimate).toList();
        }
    }

    private List<LatencyEstimate> ofNetwork(LatencyModel model, String name) {
        OptionalInt size = inputSize.map(OptionalInt::of).orElse(OptionalInt.empty());
        Optional<Precision> stored = precision.map(Precision::parse);
        PassManager passes = new PassManager(Passes.standard());
        List<Graph> graphs;
        try {
            graphs = Zoo.build(name, size).program().entryPoints();
        } catch (IllegalArgumentException e) {
            throw new UsageException("estimate: " + e.getMessage());
        }
        List<LatencyEstimate> estimates = new ArrayList<>();
        for (Graph graph : selected(graphs)) {
            Precision usual = graph.states().isEmpty() ? Precision.W8A16 : Precision.W4A16;
            estimates.add(model.estimate(passes.run(graph), stored.orElse(usual)));
        }
        return estimates;
    }

    private List<Graph> selected(List<Graph> graphs) {
        if (entry.isEmpty()) {
            return graphs;
        }
        List<Graph> one = graphs.stream().filter(g -> g.name().equals(entry.get())).toList();
        if (one.isEmpty()) {
            throw new UsageException("estimate: no entry point '" + entry.get() + "'; there are " + graphs.stream().map(Graph::name).toList());
        }
        return one;
    }
}
