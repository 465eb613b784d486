package org.autoneural.qnn;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.autoneural.qnn.binding.LibraryPaths;
import org.bytedeco.javacpp.Loader;

/**
 * The stand-in for the QNN libraries that tests run against, {@code src/test/native}: not Qualcomm's, and it says so. One library plays
 * back end, system library and recorder; its state is the process's, so its tests must not run at the same time.
 */
public final class TestDouble {
    private static final Path LIBRARY = unpack();

    static {
        System.load(LIBRARY.toString());
    }

    private TestDouble() {
    }

    private static Path unpack() {
        try (InputStream in = TestDouble.class.getResourceAsStream(Loader.getPlatform() + "/libtestdouble.so")) {
            if (in == null) {
                throw new IllegalStateException("no test double was built: it needs Linux and g++");
            }
            Path file = Files.createTempFile("libtestdouble", ".so");
            file.toFile().deleteOnExit();
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its file. */
    public static Path library() {
        return LIBRARY;
    }

    /** As {@code library}, the test double alone. */
    public static LibraryPaths paths(LibraryPaths.Library library) {
        return LibraryPaths.of(library, Optional.of(LIBRARY.toString()), Optional.empty(), "amd64");
    }

    /** Minor of the core API that is played: 18, 39, or another; below 14 is too old. */
    public static native void api(int minor);

    /** Objects of the library that are alive. */
    public static native long live();

    /** Names of its functions; an index counts for the methods below. */
    public static List<String> functions() {
        List<String> names = new ArrayList<>();
        for (int call = 0; call < calls(); call++) {
            StringBuilder name = new StringBuilder();
            for (int at = 0; letter(call, at) != 0; at++) {
                name.append((char) letter(call, at));
            }
            names.add(name.toString());
        }
        return names;
    }

    private static native int calls();

    private static native int letter(int call, int at);

    /** How often a function has been called. */
    public static native long count(int call);

    /** Makes a function fail once, after {@code after} calls that succeed; a negative {@code call} takes that back. */
    public static native void fault(int call, long after);

    /** The number with which a function fails when it is made to. */
    public static native int faultCode(int call);
}
