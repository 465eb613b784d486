package org.autoneural.artifact;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that takes its place whole or not at all: written under a hidden name beside the target, forced to the disk and
 * moved there by {@link #commit}. Closed without a commit it is deleted and the target stays as it was; an orderly end of
 * the JVM (Ctrl-C) deletes it too.
 */
final class ReplacingFile implements Closeable {
    private final Path target;
    private final Path temporary;
    private final FileChannel channel;

    private ReplacingFile(Path target, Path temporary, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
    }

    static ReplacingFile create(Path target) throws IOException {
        Path temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (temporary.getFileSystem() == FileSystems.getDefault()) {
            temporary.toFile().deleteOnExit();
        }
        return new ReplacingFile(target, temporary, channel);
    }

    /** Writes all of {@code bytes} at {@code offset}. */
    void write(ByteBuffer bytes, long offset) throws IOException {
        long at = offset;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** Puts the file in the target's place; nothing can be written afterwards. */
    void commit() throws IOException {
        channel.force(true);
        channel.close();
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        forceFolder();
    }

    // The move is atomic without this; forcing the folder makes it last through a power cut. Not every system can.
    private void forceFolder() {
        try (FileChannel folder = FileChannel.open(target.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        } catch (IOException e) {
            return;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(temporary);
    }
}
