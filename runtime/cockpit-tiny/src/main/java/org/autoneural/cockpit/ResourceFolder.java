package org.autoneural.cockpit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * A folder of class-path resources as a folder on disk.
 *
 * <p>In a jar the files are deflated and cannot be mapped, so they are copied to {@code <cache>/<hash>/<name>} once:
 * the last folder has the model's name wherever it lies, because compiled models record it.
 * Each file is written under a temporary name and renamed, so that another process sees all of it or none of it; nothing that
 * another process may have mapped is ever deleted.
 */
final class ResourceFolder {
    /** A file that every such folder holds; it tells where the folder is. */
    private static final String ANCHOR = "config.json";

    private final URL anchor;
    private final String name;
    private final Path cache;

    ResourceFolder(URL anchor, String name, Path cache) {
        this.anchor = anchor;
        this.name = name;
        this.cache = cache;
    }

    /** The folder {@code name} beside the class file of {@code owner}; copies go below {@code cache}. */
    static ResourceFolder of(Class<?> owner, String name, Path cache) {
        URL url = Optional.ofNullable(owner.getResource(name + "/" + ANCHOR)).orElseThrow(() -> new CockpitFilesException(
                "The built-in model '" + name + "' is not on the class path: resource " + name + "/" + ANCHOR
                        + " beside " + owner.getName() + " was not found. Was the jar stripped of its resources?"));
        return new ResourceFolder(url, name, cache);
    }

    /**
     * Where copies go: property {@code autoneural.cache}, else {@code XDG_CACHE_HOME/autoneural}, else
     * {@code LOCALAPPDATA\autoneural}, else {@code ~/.cache/autoneural}.
     */
    static Path userCache(Properties properties, Map<String, String> environment) {
        String set = properties.getProperty("autoneural.cache", "");
        if (!set.isBlank()) {
            return Path.of(set);
        }
        for (String variable : List.of("XDG_CACHE_HOME", "LOCALAPPDATA")) {
            String base = environment.getOrDefault(variable, "");
            if (!base.isBlank()) {
                return Path.of(base, "autoneural");
            }
        }
        return Path.of(properties.getProperty("user.home", "."), ".cache", "autoneural");
    }

    /** The folder on the default file system. */
    Path locate() {
        try {
            if (anchor.getProtocol().equals("file")) {
                return Path.of(anchor.toURI()).getParent();
            }
            URLConnection connection = anchor.openConnection();
            if (connection instanceof JarURLConnection jar && jar.getJarFileURL().getProtocol().equals("file")) {
                return copyOutOf(Path.of(jar.getJarFileURL().toURI()), jar.getEntryName());
            }
            throw new CockpitFilesException("The built-in model '" + name + "' is at " + anchor
                    + ", which is neither a folder nor a plain jar on disk. Unpack the jar that holds it, or pass a checkpoint folder.");
        } catch (IOException | UncheckedIOException | URISyntaxException e) {
            throw new CockpitFilesException("The built-in model '" + name + "' cannot be copied to " + cache + ": " + reason(e)
                    + ". Free some space there, or choose another folder with -Dautoneural.cache=FOLDER.", e);
        }
    }

    private Path copyOutOf(Path jar, String anchorEntry) throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(jar)) {
            Path source = zip.getPath("/" + anchorEntry).getParent();
            List<Path> files = regularFiles(source);
            Path target = cache.resolve(contentHash(source, files)).resolve(name);
            for (Path file : files) {
                Path copy = target.resolve(source.relativize(file).toString());
                if (!isCopied(file, copy)) {
                    publish(file, copy);
                }
            }
            return target.toAbsolutePath();
        }
    }

    private static void publish(Path file, Path copy) throws IOException {
        Files.createDirectories(copy.getParent());
        Path part = Files.createTempFile(copy.getParent(), copy.getFileName().toString(), ".part");
        try {
            Files.copy(file, part, StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // Where a file in use cannot be replaced, another process was first; the content is the same by the folder's name.
            if (!isCopied(file, copy)) {
                throw e;
            }
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static boolean isCopied(Path file, Path copy) throws IOException {
        return Files.isRegularFile(copy) && Files.size(copy) == Files.size(file);
    }

    private static List<Path> regularFiles(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted(Comparator.comparing(Path::toString)).toList();
        }
    }

    /** First 16 hex digits of SHA-256 over every file's name, size in bytes and content, in name order. */
    private static String contentHash(Path folder, List<Path> files) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        byte[] buffer = new byte[1 << 16];
        for (Path file : files) {
            byte[] relative = folder.relativize(file).toString().getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(12).putInt(relative.length).putLong(Files.size(file)).flip());
            digest.update(relative);
            try (InputStream in = Files.newInputStream(file)) {
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    digest.update(buffer, 0, count);
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    }

    private static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}
