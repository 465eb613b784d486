package org.autoneural.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackerTest {
    @TempDir
    Path folder;

    private Path zip(String... names) throws IOException {
        Path file = folder.resolve("model.jar");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (String name : names) {
                out.putNextEntry(new ZipEntry(name));
                out.write(name.getBytes(StandardCharsets.UTF_8));
            }
        }
        return file;
    }

    @Test
    void unpacksOneFolderOnce() throws Exception {
        Path archive = zip("org/model/config.json", "org/model/eval/qa.jsonl", "other/config.json");
        Path unpacked = new Unpacker(folder.resolve("work")).unpack(archive, "org/model").orElseThrow();
        assertThat(unpacked).isDirectoryRecursivelyContaining("glob:**/qa.jsonl").endsWith(Path.of("model"));
        assertThat(unpacked.resolve("other")).doesNotExist();
        Files.writeString(unpacked.resolve("config.json"), "kept");
        assertThat(new Unpacker(folder.resolve("work")).unpack(archive, "org/model/")).contains(unpacked);
        assertThat(unpacked.resolve("config.json")).hasContent("kept");
    }

    @Test
    void findsNoCheckpoint() throws Exception {
        assertThat(new Unpacker(folder.resolve("work")).unpack(zip("org/model/config.json"), "")).isEmpty();
    }

    @Test
    void refusesNamesThatLeadOut() throws Exception {
        Path archive = zip("config.json", "../../evil");
        assertThatThrownBy(() -> new Unpacker(folder.resolve("work")).unpack(archive, "")).isInstanceOf(IOException.class)
                .hasMessageContaining("leads out of the archive");
        assertThat(folder.resolve("evil")).doesNotExist();
        assertThat(Files.walk(folder.resolve("work")).filter(p -> p.endsWith("checkpoint"))).isEmpty();
    }
}
