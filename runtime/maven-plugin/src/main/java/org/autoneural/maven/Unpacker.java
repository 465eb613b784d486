package org.autoneural.maven;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Unpacks a folder of an archive once; the folder it lands in is named after the archive's content. */
final class Unpacker {
    private static final String CONFIG = "config.json";

    private final Path workFolder;

    Unpacker(Path workFolder) {
        this.workFolder = workFolder;
    }

    /**
     * The unpacked folder; empty when there is no {@code config.json} in {@code inside}.
     *
     * @param inside folder in the archive, with {@code /} between names; empty: its root
     */
    Optional<Path> unpack(Path archive, String inside) throws IOException {
        String prefix = inside.isEmpty() || inside.endsWith("/") ? inside : inside + "/";
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            if (zip.getEntry(prefix + CONFIG) == null) {
                return Optional.empty();
            }
            String hash = Fingerprint.sha256(archive).substring(0, 16);
            String name = prefix.isEmpty() ? "checkpoint" : Path.of(prefix).getFileName().toString();
            Path target = workFolder.resolve(hash).resolve(name);
            if (Files.exists(target)) {
                return Optional.of(target);
            }
            Files.createDirectories(target.getParent());
            // A build that is killed while it unpacks leaves no folder that looks complete.
            Path partial = Files.createTempDirectory(target.getParent(), "partial");
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                if (!entry.isDirectory() && entry.getName().startsWith(prefix)) {
                    copy(zip, entry, partial, entry.getName().substring(prefix.length()));
                }
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            return Optional.of(target);
        }
    }

    private static void copy(ZipFile zip, ZipEntry entry, Path folder, String name) throws IOException {
        Path file = folder.resolve(name).normalize();
        if (!file.startsWith(folder)) {
            throw new IOException("entry " + entry.getName() + " leads out of the archive; it is not unpacked");
        }
        Files.createDirectories(file.getParent());
        try (InputStream in = zip.getInputStream(entry)) {
            Files.copy(in, file);
        }
    }
}
