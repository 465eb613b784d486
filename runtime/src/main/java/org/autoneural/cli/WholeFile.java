package org.autoneural.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Small results written to files that appear whole or not at all. */
final class WholeFile {
    private WholeFile() {}

    /** Before the long work, not after it. */
    static void requirePlace(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new InputException("there is no folder " + folder + " to write " + file.getFileName() + " to; make it first");
        }
        if (Files.isDirectory(file)) {
            throw new InputException(file + " is a folder; name a file to write");
        }
    }

    /** @throws InputException when the system refuses, for example on a full disk */
    static void write(Path file, byte[] bytes) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
        temporary.toFile().deleteOnExit();
        try {
            Files.write(temporary, bytes);
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new InputException("cannot write " + file + ": " + Failures.message(e) + "; make room, or name another place", e);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
