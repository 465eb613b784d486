package org.autoneural.maven;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a goal's result was made from: the hash of every input file and every setting, and the hash of the result. Nothing is redone
 * while all of them match. Times of files are not looked at: a fresh clone has new ones.
 */
final class Fingerprint {
    private final Map<String, String> entries = new TreeMap<>();

    /** A setting of the goal. */
    Fingerprint with(String setting, Object value) {
        entries.put("setting " + setting, String.valueOf(value));
        return this;
    }

    /** All files below a folder, by their names in it. */
    Fingerprint withFolder(String role, Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            entries.put(role + " " + folder.relativize(file).toString().replace('\\', '/'), sha256(file));
        }
        return this;
    }

    Fingerprint withFile(String role, Path file) throws IOException {
        entries.put(role, sha256(file));
        return this;
    }

    /** What differs from the record in {@code file}, in words; empty when nothing does. */
    List<String> changesSince(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of("nothing was recorded yet");
        }
        Map<String, String> before = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            int at = line.lastIndexOf(" = ");
            if (at > 0) {
                before.put(line.substring(0, at), line.substring(at + 3));
            }
        }
        List<String> changes = new ArrayList<>();
        entries.forEach((name, value) -> {
            if (!before.containsKey(name)) {
                changes.add(name + " is new");
            } else if (!before.get(name).equals(value)) {
                changes.add(name + " changed");
            }
        });
        before.keySet().stream().filter(name -> !entries.containsKey(name)).forEach(name -> changes.add(name + " is gone"));
        return changes;
    }

    /** Writes the record, whole or not at all. */
    void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Path partial = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".partial");
        Files.write(partial, entries.entrySet().stream().map(e -> e.getKey() + " = " + e.getValue()).toList());
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
