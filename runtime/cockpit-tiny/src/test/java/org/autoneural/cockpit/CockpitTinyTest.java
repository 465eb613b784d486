package org.autoneural.cockpit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CockpitTinyTest {
    private static final List<String> CHECKPOINT_FILES = List.of("config.json", "generation_config.json",
            "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors");

    @Test
    void bothCheckpointsAreFoldersOnDisk() {
        for (Path folder : List.of(CockpitTiny.checkpoint(), CockpitTiny.baseline())) {
            assertThat(CHECKPOINT_FILES).allSatisfy(file -> assertThat(folder.resolve(file)).isRegularFile());
        }
    }

    @Test
    void weightsCanBeMapped() throws IOException {
        Path weights = CockpitTiny.checkpoint().resolve("model.safetensors");
        try (FileChannel channel = FileChannel.open(weights)) {
            // A safetensors header is JSON after eight bytes of length: filtering or text conversion would break it.
            assertThat(channel.size()).isEqualTo(9_428_008L);
            assertThat(channel.map(MapMode.READ_ONLY, 8, 1).get(0)).isEqualTo((byte) '{');
        }
    }

    @Test
    void everyQuestionHasItsPicture() throws IOException {
        Path evalSet = CockpitTiny.evalSet();
        List<String> lines = Files.readAllLines(evalSet);
        assertThat(lines).hasSizeGreaterThan(100).allSatisfy(line -> {
            String image = line.replaceFirst(".*\"image\": \"([^\"]+)\".*", "$1");
            assertThat(evalSet.resolveSibling(image)).isRegularFile();
        });
        assertThat(CockpitTiny.samplePicture()).isRegularFile();
    }
}
