package org.autoneural.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.autoneural.artifact.Artifact;
import org.autoneural.compare.Comparison;
import org.autoneural.compare.Departure;
import org.autoneural.compare.DepartureReport;
import org.autoneural.compare.Dump;
import org.autoneural.compare.Explanation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code autoneural compare}. */
@Command(name = "compare", sortOptions = false, header = "Find the first op in which another implementation departs from this one.",
        description = {"", "Takes tensors dumped by a device or another implementation (docs/dumps.md), evaluates each op exactly on the"
            + " dumped operands, and names the first whose result differs: by how many steps, in how many elements, and which known"
            + " variant of the arithmetic (rounding, accumulator, multiplier, saturation) explains it. Exit code 1 when one departs.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural compare --model model.npu --dump device-dump",
            "  autoneural run model.npu --ask \"What do you see?\" --dump ours     a dump to start from"})
final class CompareCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = {"-m", "--model"}, paramLabel = "FILE", required = true, description = "The compiled model that was run.")
    private Path model;

    @Option(names = "--dump", paramLabel = "DIR", required = true, description = "Folder with index.json and the tensors.")
    private Path dump;

    @Option(names = "--explain", paramLabel = "N", defaultValue = "10", description = "Look for an explanation of the first N departures"
            + " only. Default: ${DEFAULT-VALUE}.")
    private int explain;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private CommonOptions common;

    CompareCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (explain < 0) {
            throw new UsageException("--explain is " + explain + "; allowed: 0 or more");
        }
        try (Artifact artifact = Artifact.open(model)) {
            DepartureReport report = Comparison.of(artifact.program(), Dump.open(dump), explain);
            console.out().println(json ? Json.line(object(report)) : report.text().stripTrailing());
            return report.departures().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    private static Map<String, Object> object(DepartureReport report) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("producer", report.producer());
        object.put("runs", report.runs().stream().map(CompareCommand::object).toList());
        object.put("departures", report.departures().stream().map(CompareCommand::object).toList());
        return object;
    }

    private static Map<String, Object> object(DepartureReport.ComparedRun run) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("entryPoint", run.entryPoint());
        object.put("computed", run.computed());
        object.put("compared", run.compared());
        return object;
    }

    private static Map<String, Object> object(Departure d) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("run", d.run());
        object.put("entryPoint", d.entryPoint());
        object.put("value", d.value());
        object.put("op", d.op());
        object.put("source", d.source());
        object.put("elements", d.elements());
        object.put("departing", d.departing());
        object.put("maxSteps", d.maxSteps());
        object.put("histogram", d.histogram());
        object.put("worst", d.worst());
        object.put("ours", d.ours());
        object.put("dumped", d.dumped());
        object.put("unseen", d.unseen());
        object.put("tried", d.tried());
        object.put("explanations", d.explanations().stream().map(e -> object(d, e)).toList());
        return object;
    }

    private static Map<String, Object> object(Departure d, Explanation e) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("variant", e.variant());
        object.put("meaning", e.meaning());
        object.put("fits", e.fits());
        object.put("breaks", e.breaks());
        object.put("explainsAll", d.explainedBy(e));
        return object;
    }
}
