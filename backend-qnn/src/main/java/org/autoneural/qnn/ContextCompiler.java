package org.autoneural.qnn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.autoneural.backend.BackendException;
import org.autoneural.backend.CompiledProgram;
import org.autoneural.ir.Program;
import org.autoneural.qnn.binding.BinaryInfo;
import org.autoneural.qnn.binding.GraphInfo;
import org.autoneural.qnn.binding.LibraryPaths.Library;
import org.autoneural.qnn.binding.QnnDriver;
import org.autoneural.qnn.graph.QnnContext;
import org.autoneural.qnn.graph.QnnGraph;
import org.autoneural.qnn.graph.QnnProgram;
import org.autoneural.qnn.graph.QnnTensor;
import org.autoneural.qnn.graph.QnnTensor.Role;
import org.autoneural.qnn.table.Soc;

/** From mapped graphs to context binaries and their manifest. */
final class ContextCompiler {
    private final QnnSettings settings;
    private final Soc soc;

    ContextCompiler(QnnSettings settings, Soc soc) {
        this.settings = settings;
        this.soc = soc;
    }

    /**
     * The program with a file for each context, and the manifest.
     *
     * @throws BackendException when a library is missing or refuses something
     */
    CompiledProgram compile(Program program, QnnProgram mapped) {
        List<QnnContext> contexts = settings.allTensors() ? exposed(mapped, program) : mapped.contexts();
        record(contexts);
        Map<String, ByteBuffer> files = new TreeMap<>();
        List<Manifest.Context> described = new ArrayList<>();
        try (QnnDriver driver = QnnDriver.open(settings.paths(Library.BACKEND), settings.driver(soc))) {
            for (QnnContext context : contexts) {
                ByteBuffer binary = driver.compile(context, settings.graphs(soc));
                String file = context.name() + ".bin";
                files.put(file, binary);
                described.add(new Manifest.Context(context.name(), file, readBack(context, binary)));
            }
            Manifest manifest = new Manifest(driver.provider(), driver.buildId(), driver.core(), driver.backendApi(), soc.model(), soc.architecture(),
                    ProgramHash.of(program), described, mapped.entryPoints());
            files.put(Manifest.FILE, manifest.write());
        }
        return CompiledProgram.of(program, files);
    }

    /** Why nothing can be compiled here: what the libraries lack; empty when they serve. */
    Optional<String> unavailable() {
        try {
            QnnDriver.open(settings.paths(Library.BACKEND), settings.driver(soc)).close();
            QnnDriver.checkSystem(settings.paths(Library.SYSTEM));
            return Optional.empty();
        } catch (BackendException e) {
            return Optional.of(e.getMessage());
        }
    }

    private void record(List<QnnContext> contexts) {
        settings.record().ifPresent(folder -> {
            try {
                Files.createDirectories(folder);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot make folder " + folder + ": " + e.getMessage(), e);
            }
            try (QnnDriver recorder = QnnDriver.open(settings.paths(Library.SAVER), settings.recorder(soc, folder))) {
                contexts.forEach(context -> recorder.record(context, settings.graphs(soc)));
            }
        });
    }

    /** The graphs as the system library reads them from the binary; an error when it does not read what was written. */
    private List<GraphInfo> readBack(QnnContext context, ByteBuffer binary) {
        BinaryInfo info = QnnDriver.info(binary, settings.paths(Library.SYSTEM));
        List<String> found = info.graphs().stream().map(ContextCompiler::signature).sorted().toList();
        List<String> written = context.graphs().stream().map(ContextCompiler::signature).sorted().toList();
        if (!found.equals(written)) {
            throw new BackendException("context " + context.name() + ": the system library reads other inputs and outputs from the binary than were"
                    + " compiled. Found: " + found + "; compiled: " + written + ". Are both libraries of one SDK?");
        }
        return info.graphs();
    }

    private static String signature(GraphInfo graph) {
        return graph.name() + graph.inputs().stream().map(t -> t.name() + t.dims()).sorted().toList()
                + graph.outputs().stream().map(t -> t.name() + t.dims()).sorted().toList();
    }

    private static String signature(QnnGraph graph) {
        return graph.name() + graph.tensors(Role.APP_WRITE).stream().map(t -> t.name() + t.dims()).sorted().toList()
                + graph.tensors(Role.APP_READ).stream().map(t -> t.name() + t.dims()).sorted().toList();
    }

    /** The contexts with every value of the integer graphs as an output. */
    private static List<QnnContext> exposed(QnnProgram mapped, Program program) {
        Set<String> values = new HashSet<>();
        program.entryPoints().forEach(graph -> values.addAll(graph.types().keySet()));
        return mapped.contexts().stream().map(context -> new QnnContext(context.name(), context.graphs().stream().map(graph ->
                new QnnGraph(graph.name(), graph.tensors().stream().map(t -> t.role() == Role.NATIVE && values.contains(t.name())
                        ? new QnnTensor(t.name(), Role.APP_READ, t.type(), t.dims(), t.encoding(), t.data()) : t).toList(), graph.nodes())).toList())).toList();
    }
}
