package org.autoneural.qnn.binding;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.autoneural.qnn.graph.QnnContext;
import org.bytedeco.javacpp.BytePointer;

/**
 * An open back-end library with its device: compiles contexts to binaries and loads binaries. Not thread-safe; what it loads may
 * be used by several threads, one at a time each. Close what came from it before it.
 */
public final class QnnDriver implements AutoCloseable {
    /** Back ends by the library's numbers. */
    private static final int SAVER = 2;
    private static final int HTP = 6;
    /** An inner file of the artifact has at most this, and so has one Java buffer. */
    private static final long MAX_BINARY_BYTES = Integer.MAX_VALUE - 64;

    /** With the process, so that a file that is left says whose it was. */
    private static final String CONTEXT_FILE = "autoneural-context-" + ProcessHandle.current().pid() + "-";

    private final String library;
    private final Shim.Backend backend;
    private boolean open = true;

    private QnnDriver(String library, Shim.Backend backend) {
        this.library = library;
        this.backend = backend;
    }

    /**
     * Opens a library: the first of {@code candidates} that can be loaded.
     *
     * @throws QnnException naming every path tried and why it was not taken; or when the library is too old or fails
     */
    public static QnnDriver open(LibraryPaths candidates, DriverOptions options) {
        return candidates.first(path -> open(path, options));
    }

    private static QnnDriver open(String path, DriverOptions options) {
        Shim.Backend backend = Shim.aqnn_backend_open(Shim.text(path), Shim.text(options.saver().map(Path::toString).orElse("")), options.soc(),
                options.arch(), options.vtcmMb(), options.offline() ? 1 : 0, options.logLevel());
        if (backend == null) {
            throw QnnException.last();
        }
        QnnDriver driver = new QnnDriver(path, backend);
        int id = Shim.aqnn_backend_number(backend, 0);
        if (id != HTP && !(id == SAVER && options.saver().isPresent())) {
            driver.close();
            throw new QnnException("open", 0, path + " is back end " + id + "; needed is the HTP's (" + HTP + "), libQnnHtp.so");
        }
        return driver;
    }

    /** The file that was opened. */
    public String library() {
        return library;
    }

    /** The name that the library gives itself. */
    public String provider() {
        return Shim.text(Shim.aqnn_backend_text(backend, 0));
    }

    /** The library's name of its build. */
    public String buildId() {
        return Shim.text(Shim.aqnn_backend_text(backend, 1));
    }

    /** The version of the library's core interface. */
    public ApiVersion core() {
        return version(1);
    }

    /** Its minor is that of the SDK. */
    public ApiVersion backendApi() {
        return version(4);
    }

    private ApiVersion version(int from) {
        return new ApiVersion(Shim.aqnn_backend_number(backend, from), Shim.aqnn_backend_number(backend, from + 1),
                Shim.aqnn_backend_number(backend, from + 2));
    }

    /** An empty context. */
    Shim.Context newContext() {
        Shim.Context handle = Shim.aqnn_context_create(backend);
        if (handle == null) {
            throw QnnException.last();
        }
        return handle;
    }

    /**
     * Compiles a context; the bytes lie in a file that is already deleted and goes with the buffer.
     *
     * @throws QnnException naming graph, tensor or node, and the library's reason
     */
    public ByteBuffer compile(QnnContext context, GraphOptions options) {
        return build(context, options, QnnDriver::binary);
    }

    /** Makes the calls of {@link #compile} for a library that only records them. */
    public void record(QnnContext context, GraphOptions options) {
        build(context, options, done -> done);
    }

    private <T> T build(QnnContext context, GraphOptions options, Function<Shim.Context, T> result) {
        Shim.Context handle = newContext();
        T built;
        try {
            context.graphs().forEach(graph -> GraphBuilding.build(handle, graph, options));
            built = result.apply(handle);
        } catch (RuntimeException e) {
            Shim.aqnn_context_free(handle);
            throw e;
        }
        if (Shim.aqnn_context_free(handle) != 0) {
            throw QnnException.last();
        }
        return built;
    }

    private static ByteBuffer binary(Shim.Context context) {
        long bytes = Shim.aqnn_context_binary_bytes(context);
        if (bytes < 0) {
            throw QnnException.last();
        }
        if (bytes > MAX_BINARY_BYTES) {
            throw new QnnException("contextGetBinary", 0, "a binary of " + bytes + " bytes; at most " + MAX_BINARY_BYTES
                    + " fit a model file. Use fewer bits for the weights");
        }
        try {
            Path file = Files.createTempFile(CONTEXT_FILE, ".bin");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
                long written = Shim.aqnn_context_binary(context, new BytePointer(buffer), bytes);
                if (written < 0) {
                    throw QnnException.last();
                }
                return buffer.slice(0, Math.toIntExact(written));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no room for a context binary of " + bytes + " bytes: " + e.getMessage(), e);
        }
    }

    /**
     * Loads a binary.
     *
     * @param binary direct; must stay as it is until this has returned
     * @throws QnnException when the system library cannot be loaded or read it, or the back end refuses it
     */
    public LoadedContext load(ByteBuffer binary, LibraryPaths systemLibraries) {
        Shim.Info info = describe(binary, systemLibraries);
        try {
            Shim.Context context = Shim.aqnn_context_from_binary(backend, new BytePointer(binary), binary.remaining(), null);
            if (context == null) {
                throw QnnException.last();
            }
            return new LoadedContext(context, info);
        } catch (RuntimeException e) {
            Shim.aqnn_info_free(info);
            throw e;
        }
    }

    private static Shim.Info describe(ByteBuffer binary, LibraryPaths systemLibraries) {
        return systemLibraries.first(path -> {
            Shim.Info info = Shim.aqnn_info_read(Shim.text(path), new BytePointer(binary), binary.remaining());
            if (info == null) {
                throw QnnException.last();
            }
            return info;
        });
    }

    /**
     * Does nothing when one of {@code systemLibraries} serves us.
     *
     * @throws QnnException as {@link #open}
     */
    public static void checkSystem(LibraryPaths systemLibraries) {
        systemLibraries.first(path -> {
            if (Shim.aqnn_system_check(Shim.text(path)) != 0) {
                throw QnnException.last();
            }
            return path;
        });
    }

    /** What the system library tells of a binary. */
    public static BinaryInfo info(ByteBuffer binary, LibraryPaths systemLibraries) {
        Shim.Info info = describe(binary, systemLibraries);
        try {
            return BinaryInfo.of(info);
        } finally {
            Shim.aqnn_info_free(info);
        }
    }

    /** A recorder of measurements for one call. */
    public Profile newProfile(int level) {
        Shim.Profile profile = Shim.aqnn_profile_create(backend, level);
        if (profile == null) {
            throw QnnException.last();
        }
        return new Profile(profile);
    }

    /** Measurements of one call. */
    public static final class Profile implements AutoCloseable {
        /** Level of measurement that tells parts of a run. */
        public static final int DETAILED = 2;

        private final Shim.Profile profile;

        private Profile(Shim.Profile profile) {
            this.profile = profile;
        }

        Shim.Profile handle() {
            return profile;
        }

        /** What was recorded, each event followed by its parts. */
        public List<ProfileEvent> events() {
            int count = Shim.aqnn_profile_fetch(profile);
            if (count < 0) {
                throw QnnException.last();
            }
            return IntStream.range(0, count).mapToObj(e -> ProfileEvent.of(Shim.text(Shim.aqnn_profile_text(profile, e)),
                    (int) Shim.aqnn_profile_number(profile, e, 0), (int) Shim.aqnn_profile_number(profile, e, 1),
                    Shim.aqnn_profile_number(profile, e, 2), (int) Shim.aqnn_profile_number(profile, e, 3))).toList();
        }

        @Override
        public void close() {
            if (Shim.aqnn_profile_free(profile) != 0) {
                throw QnnException.last();
            }
        }
    }

    static Shim.Profile handle(Optional<Profile> profile) {
        return profile.map(Profile::handle).orElse(null);
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            if (Shim.aqnn_backend_free(backend) != 0) {
                throw QnnException.last();
            }
        }
    }
}
