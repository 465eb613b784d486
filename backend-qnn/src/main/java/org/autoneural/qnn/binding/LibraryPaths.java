package org.autoneural.qnn.binding;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Where a library of the vendor's may be, in the order of trying: the file that a property names and nothing else, when it is set;
 * otherwise the SDK's folder for this kind of machine, then the system's search path.
 */
public final class LibraryPaths {
    private final Library library;
    private final List<String> candidates;
    private final boolean sdkKnown;

    /** A library that this project opens. */
    public enum Library {
        /** Compiles on a host, executes on the chip. */
        BACKEND("libQnnHtp.so", "autoneural.qnn.backend"),
        /** Reads what stands in a context binary. */
        SYSTEM("libQnnSystem.so", "autoneural.qnn.system"),
        /** Records calls instead of doing them. */
        SAVER("libQnnSaver.so", "autoneural.qnn.saver");

        private final String fileName;
        private final String property;

        Library(String fileName, String property) {
            this.fileName = fileName;
            this.property = property;
        }

        /** The system property that names the file. */
        public String property() {
            return property;
        }
    }

    private LibraryPaths(Library library, List<String> candidates, boolean sdkKnown) {
        this.library = library;
        this.candidates = List.copyOf(candidates);
        this.sdkKnown = sdkKnown;
    }

    /**
     * The places for {@code library}.
     *
     * @param explicit     the value of its property
     * @param sdk          folder of the SDK, {@code QNN_SDK_ROOT}
     * @param architecture {@code os.arch} of this machine
     */
    public static LibraryPaths of(Library library, Optional<String> explicit, Optional<Path> sdk, String architecture) {
        if (explicit.isPresent()) {
            return new LibraryPaths(library, List.of(explicit.get()), true);
        }
        List<String> candidates = new ArrayList<>();
        sdk.ifPresent(root -> folders(root.resolve("lib"), architecture).forEach(f -> candidates.add(f.resolve(library.fileName).toString())));
        candidates.add(library.fileName);
        return new LibraryPaths(library, candidates, sdk.isPresent());
    }

    /** The SDK has one folder for x86-64, and several for aarch64 by system and compiler. */
    private static List<Path> folders(Path lib, String architecture) {
        if (!architecture.toLowerCase(Locale.ROOT).equals("aarch64")) {
            return List.of(lib.resolve("x86_64-linux-clang"));
        }
        if (!Files.isDirectory(lib)) {
            return List.of(lib.resolve("aarch64-*"));
        }
        try (Stream<Path> children = Files.list(lib)) {
            return children.filter(p -> p.getFileName().toString().startsWith("aarch64-")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + lib + ": " + e.getMessage(), e);
        }
    }

    /** Files to try, in this order. */
    public List<String> candidates() {
        return candidates;
    }

    /**
     * The result of {@code open} for the first candidate that can be loaded. A library that serves us but fails ends the search.
     *
     * @throws QnnException naming every path tried
     */
    <T> T first(Function<String, T> open) {
        List<String> tried = new ArrayList<>();
        for (String candidate : candidates) {
            try {
                return open.apply(candidate);
            } catch (LinkageError e) {
                throw new QnnException("open", 0, "this build has no native code for " + System.getProperty("os.name") + " on "
                        + System.getProperty("os.arch") + " (" + e.getMessage() + ")");
            } catch (QnnException e) {
                if (!e.call().equals("open") && !e.call().equals("version")) {
                    throw e.in(candidate);
                }
                tried.add(candidate + " (" + e.reason() + ")");
            }
        }
        throw new QnnException("open", 0, missing(tried));
    }

    private String missing(List<String> tried) {
        return library.fileName + " of Qualcomm's SDK, version 2.20 or later, is not to be had here. Tried: " + String.join("; ", tried)
                + ". Set QNN_SDK_ROOT to the SDK's folder" + (sdkKnown ? "" : " (it is not set)") + ", or -D" + library.property
                + "= to the file itself; docs/qnn.md tells how to install the SDK";
    }
}
