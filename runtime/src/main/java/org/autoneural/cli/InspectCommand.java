package org.autoneural.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.autoneural.artifact.Artifact;
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
            "  autoneural inspect model.npu --text            the integer graphs as text"})
final class InspectCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "FILE", description = "A compiled model.")
    private Path file;

    @Option(names = "--verify", description = "Read the whole file and check every hash first.")
    private boolean verify;

    @Option(names = "--text", description = "Print the integer graphs of all entry points as text.")
    private boolean text;

    @Option(names = "--dot", paramLabel = "ENTRY", description = "Print the graph of this entry point for Graphviz.")
    private Optional<String> dot;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private CommonOptions common;

    InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (text && json) {
            throw new UsageException("inspect: choose one of --text and --json");
        }
        try (Artifact artifact = Artifact.open(file)) {
            if (verify) {
                artifact.verify();
            }
            if (dot.isPresent()) {
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
