package org.autoneural.qnn;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.autoneural.backend.BackendException;
import org.autoneural.backend.CompiledProgram;
import org.autoneural.backend.Executable;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.ir.Program;
import org.autoneural.qnn.binding.LibraryPaths.Library;
import org.autoneural.qnn.binding.LoadedContext;
import org.autoneural.qnn.binding.QnnDriver;
import org.autoneural.qnn.table.Soc;

/** Context binaries in the library's hands. */
final class QnnExecutable implements Executable {
    private final Program program;
    private final Manifest manifest;
    private final QnnDriver driver;
    private final Map<String, LoadedContext> contexts = new LinkedHashMap<>();
    private final Optional<Trace> trace;
    private final String kernels;
    private boolean closed;

    /**
     * Checks the manifest, then loads.
     *
     * @throws BackendException when file, machine and libraries do not fit each other, or a library fails
     */
    QnnExecutable(CompiledProgram compiled, QnnSettings settings, Soc soc) {
        program = compiled.program();
        manifest = Manifest.read(file(compiled, Manifest.FILE));
        manifest.require(soc, ProgramHash.of(program));
        trace = settings.profile().map(Trace::new);
        driver = QnnDriver.open(settings.paths(Library.BACKEND), settings.driver(soc));
        try {
            manifest.requireLoadable(driver.core(), driver.backendApi());
            kernels = driver.provider() + " " + driver.backendApi();
            for (Manifest.Context context : manifest.contexts()) {
                LoadedContext loaded = driver.load(direct(file(compiled, context.file())), settings.paths(Library.SYSTEM));
                contexts.put(context.name(), loaded);
                if (!loaded.info().graphs().equals(context.graphs())) {
                    throw new BackendException(context.file() + " holds other graphs, or inputs and outputs with other encodings, than "
                            + Manifest.FILE + " says. Compile the model again");
                }
            }
        } catch (RuntimeException e) {
            release(e);
            throw e;
        }
    }

    private static ByteBuffer file(CompiledProgram compiled, String name) {
        return Optional.ofNullable(compiled.files().get(name)).orElseThrow(() -> new BackendException("the compiled program holds no file " + name
                + "; it holds " + compiled.files().keySet() + ". Compile the model for this target again"));
    }

    private static ByteBuffer direct(ByteBuffer bytes) {
        return bytes.isDirect() ? bytes : ByteBuffer.allocateDirect(bytes.remaining()).put(bytes.duplicate()).flip();
    }

    @Override
    public Program program() {
        return program;
    }

    @Override
    public String kernels() {
        return kernels;
    }

    @Override
    public ExecutionContext newContext() {
        return new QnnExecutionContext(this);
    }

    Manifest manifest() {
        return manifest;
    }

    LoadedContext context(String name) {
        return contexts.get(name);
    }

    /** Runs a graph, with measurements when a trace is wanted. */
    void run(String graph, LoadedContext.Execution execution) {
        if (trace.isEmpty()) {
            execution.run(Optional.empty());
            return;
        }
        synchronized (trace.get()) {
            if (closed) {
                throw new IllegalStateException("the executable is closed");
            }
            try (QnnDriver.Profile profile = driver.newProfile(QnnDriver.Profile.DETAILED)) {
                long start = System.nanoTime();
                execution.run(Optional.of(profile));
                trace.get().run(graph, start, System.nanoTime(), profile.events());
            }
        }
    }

    /** Contexts cannot run afterwards. */
    @Override
    public void close() {
        BackendException failure = new BackendException("closing the QNN libraries failed");
        trace.ifPresentOrElse(t -> {
            synchronized (t) {
                closed = true;
                release(failure);
            }
            t.write();
        }, () -> release(failure));
        if (failure.getSuppressed().length > 0) {
            throw (RuntimeException) failure.getSuppressed()[0];
        }
    }

    /** Closes all, in the opposite order of opening; what fails is added to {@code failure}. */
    private void release(RuntimeException failure) {
        Deque<AutoCloseable> open = new ArrayDeque<>(List.of(driver));
        contexts.values().forEach(open::push);
        for (AutoCloseable resource : open) {
            try {
                resource.close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
    }
}
