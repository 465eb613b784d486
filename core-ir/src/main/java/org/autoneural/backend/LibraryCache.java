package org.autoneural.backend;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.util.Arrays;

/**
 * Native libraries of backends, which lie in a jar and are loaded from a copy in a cache on disk. Whoever fills the cache takes a copy for
 * current by its name, size and time; a reproducible build gives every jar the same time, so that the copy of another build may pass.
 */
public final class LibraryCache {
    /** What fills the cache. */
    public interface Cache {
        /** The copy of {@code resource}, made if there is none that passes for it. */
        File copyOf(URL resource) throws IOException;
    }

    private LibraryCache() {
    }

    /**
     * Sees to it that the cached copy of {@code library} has its bytes.
     *
     * @throws UncheckedIOException when the cache cannot be read or written; names the file
     */
    public static void refresh(URL library, Cache cache) {
        try {
            File copy = cache.copyOf(library);
            try (InputStream in = library.openStream()) {
                if (Arrays.equals(in.readAllBytes(), Files.readAllBytes(copy.toPath()))) {
                    return;
                }
            }
            // A process that has loaded the old copy keeps it: only the name goes.
            Files.delete(copy.toPath());
            cache.copyOf(library);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy " + library + " to the cache of native libraries: " + e.getMessage()
                    + "; set -Dorg.bytedeco.javacpp.cachedir to a folder that can be written", e);
        }
    }
}
