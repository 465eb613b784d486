package org.autoneural.cockpit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResourceFolderTest {
    @TempDir
    Path temp;

    @Test
    void aJarIsCopiedOnceAndOnlyTheNamedFolder() throws IOException {
        ResourceFolder folder = new ResourceFolder(jar("a.jar", "weights"), "model", temp.resolve("cache"));
        Path first = folder.locate();
        assertThat(first.getFileName()).as("compiled models record this name").hasToString("model");
        assertThat(first.resolve("config.json")).hasContent("{}");
        assertThat(first.resolve("eval/qa.jsonl")).hasContent("weights");
        assertThat(first.resolve("other")).doesNotExist();

        Files.setLastModifiedTime(first.resolve("config.json"), FileTime.fromMillis(1000));
        assertThat(folder.locate()).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(first.resolve("config.json")).toMillis()).isEqualTo(1000);
    }

    @Test
    void otherContentGoesToAnotherFolder() throws IOException {
        Path one = new ResourceFolder(jar("a.jar", "weights"), "model", temp.resolve("cache")).locate();
        Path two = new ResourceFolder(jar("b.jar", "Weights"), "model", temp.resolve("cache")).locate();
        assertThat(two).isNotEqualTo(one);
        assertThat(two.resolve("eval/qa.jsonl")).hasContent("Weights");
    }

    @Test
    void aDamagedCopyIsReplaced() throws IOException {
        ResourceFolder folder = new ResourceFolder(jar("a.jar", "weights"), "model", temp.resolve("cache"));
        Path copy = folder.locate();
        Files.delete(copy.resolve("eval/qa.jsonl"));
        assertThat(folder.locate().resolve("eval/qa.jsonl")).hasContent("weights");
    }

    @RepeatedTest(20)
    void manyThreadsGetTheSameCompleteFolder() throws Exception {
        URL jar = jar("a.jar", "weights");
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            Callable<Path> task = () -> new ResourceFolder(jar, "model", temp.resolve("cache")).locate();
            for (var found : pool.invokeAll(IntStream.range(0, 8).mapToObj(i -> task).toList())) {
                assertThat(found.get().resolve("eval/qa.jsonl")).hasContent("weights");
            }
        } finally {
            pool.shutdownNow();
        }
        try (Stream<Path> left = Files.walk(temp.resolve("cache")).filter(Files::isRegularFile)) {
            assertThat(left).hasSize(2);
        }
    }

    @Test
    void anUnusableCacheFolderIsNamed() throws IOException {
        Path notAFolder = Files.writeString(temp.resolve("file"), "");
        ResourceFolder folder = new ResourceFolder(jar("a.jar", "weights"), "model", notAFolder);
        assertThatThrownBy(folder::locate).isInstanceOf(CockpitFilesException.class)
                .hasMessageContaining(notAFolder.toString()).hasMessageContaining("-Dautoneural.cache=");
    }

    @Test
    void anUnknownKindOfAddressIsRefused() throws IOException {
        URL address = URI.create("http://localhost/config.json").toURL();
        assertThatThrownBy(() -> new ResourceFolder(address, "model", temp).locate())
                .isInstanceOf(CockpitFilesException.class).hasMessageContaining("neither a folder nor a plain jar");
    }

    @Test
    void theCacheFolderFollowsPropertyThenEnvironmentThenHome() {
        Properties properties = new Properties();
        properties.setProperty("user.home", "home");
        assertThat(ResourceFolder.userCache(properties, Map.of())).isEqualTo(Path.of("home", ".cache", "autoneural"));
        assertThat(ResourceFolder.userCache(properties, Map.of("XDG_CACHE_HOME", "xdg"))).isEqualTo(Path.of("xdg", "autoneural"));
        properties.setProperty("autoneural.cache", "mine");
        assertThat(ResourceFolder.userCache(properties, Map.of("XDG_CACHE_HOME", "xdg"))).isEqualTo(Path.of("mine"));
    }

    private URL jar(String name, String content) throws IOException {
        Path jar = temp.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (var entry : Map.of("p/model/config.json", "{}", "p/model/eval/qa.jsonl", content, "p/other", "x").entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return URI.create("jar:" + jar.toUri() + "!/p/model/config.json").toURL();
    }
}
