package org.autoneural.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.autoneural.artifact.Artifact;
import org.autoneural.artifact.ArtifactException;
import org.autoneural.backend.Backends;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.Compiler;
import org.autoneural.compiler.Progress;
import org.autoneural.compiler.QaSet;
import org.autoneural.ir.Graph;
import org.autoneural.quantizer.Quantizer;

/**
 * Checkpoints compiled once, in the user's cache folder. A file's name holds a hash over all that decides its bytes: the
 * checkpoint, the calibration data, the options, and the code of the compiler itself.
 */
final class ModelCache {
    private final Path folder;

    ModelCache(Path folder) {
        this.folder = folder;
    }

    /** The compiled model; made when it is not there, or when what is there cannot be opened. */
    Path compiled(ModelSource source, CompileOptions options, Progress progress) {
        try {
            Path file = place(source, options);
            if (!opens(file)) {
                Files.createDirectories(folder);
                try (Compiler compiler = new Compiler(options, progress)) {
                    compiler.compile(file);
                }
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it is kept. */
    Path place(ModelSource source, CompileOptions options) throws IOException {
        String name = source.path().toAbsolutePath().normalize().getFileName().toString();
        return folder.resolve(name + "-" + key(options) + ".npu");
    }

    private static boolean opens(Path file) {
        if (!Files.exists(file)) {
            return false;
        }
        try (Artifact artifact = Artifact.open(file)) {
            return !artifact.metadata().isEmpty();
        } catch (ArtifactException e) {
            return false;
        }
    }

    /** First 16 hex digits of a SHA-256. */
    private static String key(CompileOptions options) throws IOException {
        MessageDigest digest = sha256();
        text(digest, Compiler.VERSION + " " + options.target() + " " + options.context() + " " + options.chunk() + " "
                + options.pictureSize() + " " + options.recipe());
        if (options.recipe().endsWith(".json")) {
            file(digest, Path.of(options.recipe()));
        }
        if (options.encodings().isPresent()) {
            throw new IllegalArgumentException("models compiled with an encodings file are not cached");
        }
        folder(digest, options.checkpoint(), 1);
        Path questions = options.calibration().orElse(options.checkpoint().resolve("eval").resolve("qa.jsonl"));
        if (Files.isRegularFile(questions)) {
            file(digest, questions);
            for (Path picture : QaSet.read(questions).pictures()) {
                file(digest, picture);
            }
        }
        for (Class<?> part : List.of(Compiler.class, Quantizer.class, Graph.class,
                Backends.target(options.target()).backend().getClass())) {
            code(digest, part);
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    }

    /** The jar or class folder that holds {@code part}: with other code, other bytes come out. */
    private static void code(MessageDigest digest, Class<?> part) throws IOException {
        try {
            Path place = Path.of(part.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (Files.isDirectory(place)) {
                folder(digest, place, Integer.MAX_VALUE);
            } else {
                file(digest, place);
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the place of " + part + " is no URI", e);
        }
    }

    private static void folder(MessageDigest digest, Path folder, int depth) throws IOException {
        try (Stream<Path> all = Files.walk(folder, depth)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                text(digest, folder.relativize(file).toString());
                file(digest, file);
            }
        }
    }

    private static void file(MessageDigest digest, Path file) throws IOException {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(Files.size(file)).flip());
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
    }

    private static void text(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
