package org.autoneural.artifact;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A file that takes its place whole or not at all: written under a hidden name beside the target, forced to the disk and
 * moved there by {@link #commit}. Closed without a commit it is deleted and the target stays as it was; an orderly end of
 * the JVM (Ctrl-C) deletes it too. What a killed process left behind is deleted by the next {@link #create} for the same target:
 * files that are being written are locked.
 */
final class ReplacingFile implements Closeable {
    private static final String SUFFIX = ".tmp";

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;

    private ReplacingFile(Path target, Path temporary, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
    }

    static ReplacingFile create(Path target) throws IOException {
        deleteLeftovers(target);
        while (true) {
            Path temporary = target.resolveSibling(prefix(target) + UUID.randomUUID() + SUFFIX);
            FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            // Another process may take the fresh file for a leftover before it is locked; then another name is tried.
            if (lock(channel) && Files.exists(temporary)) {
                if (temporary.getFileSystem() == FileSystems.getDefault()) {
                    temporary.toFile().deleteOnExit();
                }
                return new ReplacingFile(target, temporary, channel);
            }
            channel.close();
            Files.deleteIfExists(temporary);
        }
    }

    private static String prefix(Path target) {
        return "." + target.getFileName() + ".";
    }

    private static void deleteLeftovers(Path target) throws IOException {
        List<Path> found;
        try (Stream<Path> siblings = Files.list(target.toAbsolutePath().getParent())) {
            found = siblings.filter(p -> p.getFileName().toString().startsWith(prefix(target))
                    && p.getFileName().toString().endsWith(SUFFIX)).toList();
        }
        for (Path leftover : found) {
            try (FileChannel channel = FileChannel.open(leftover, StandardOpenOption.WRITE)) {
                if (lock(channel)) {
                    Files.deleteIfExists(leftover);
                }
            } catch (IOException e) {
                // Gone meanwhile, or another user's: it does not hinder.
                continue;
            }
        }
    }

    /** Whether nobody else is writing it; true where the file system knows no locks. */
    private static boolean lock(FileChannel channel) {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException | UnsupportedOperationException e) {
            return true;
        }
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
