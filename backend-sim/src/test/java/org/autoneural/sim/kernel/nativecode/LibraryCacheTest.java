package org.autoneural.sim.kernel.nativecode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.autoneural.backend.LibraryCache;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A library of another build that has the same name, size and time must not be loaded in place of the one in the jar. */
class LibraryCacheTest {
    @TempDir
    Path folder;

    @Test
    void aCopyOfAnotherBuildIsReplaced() throws IOException {
        // Of this run alone: the cache is a folder of the user's.
        String name = "autoneural-test-" + ProcessHandle.current().pid() + ".jar";
        URL old = libraryIn(Files.createDirectory(folder.resolve("old")).resolve(name), new byte[] {1, 2, 3});
        URL present = libraryIn(Files.createDirectory(folder.resolve("present")).resolve(name), new byte[] {3, 2, 1});
        File copy = Loader.cacheResource(old);
        try {
            LibraryCache.refresh(old, Loader::cacheResource);
            assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(copy.toPath()));
            LibraryCache.refresh(present, Loader::cacheResource);
            assertArrayEquals(new byte[] {3, 2, 1}, Files.readAllBytes(copy.toPath()));
        } finally {
            Files.delete(copy.toPath());
            Files.delete(copy.toPath().getParent());
        }
    }

    @Test
    void aCacheThatCannotBeWrittenIsNamed() throws IOException {
        URL library = libraryIn(folder.resolve("some.jar"), new byte[] {1});
        UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> LibraryCache.refresh(library, url -> {
            throw new IOException("no room");
        }));
        assertTrue(e.getMessage().contains("some.jar") && e.getMessage().contains("no room"), e.getMessage());
    }

    private static URL libraryIn(Path jar, byte[] library) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar); ZipOutputStream zip = new ZipOutputStream(out)) {
            ZipEntry entry = new ZipEntry("library.bin");
            entry.setTime(1_000_000_000_000L);
            zip.putNextEntry(entry);
            zip.write(library);
        }
        return new URL("jar:" + jar.toUri() + "!/library.bin");
    }
}
