package org.autoneural.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.autoneural.checkpoint.SafetensorsWriter.Tensor;
import org.autoneural.ir.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    private static final String ONE = "model-00001-of-00002.safetensors";
    private static final String TWO = "model-00002-of-00002.safetensors";

    @TempDir
    Path folder;

    private void single(String... names) throws IOException {
        weights("model.safetensors", names);
    }

    private void weights(String fileName, String... names) throws IOException {
        List<Tensor> tensors = Arrays.stream(names).map(n -> Tensor.ofFloats(n, Shape.of(2, 3), i -> i)).toList();
        SafetensorsWriter.write(folder.resolve(fileName), Map.of(), tensors);
    }

    private void index(String json) throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), json);
    }

    private static String map(String... tensorsAndShards) {
        StringBuilder json = new StringBuilder();
        for (int i = 0; i < tensorsAndShards.length; i += 2) {
            json.append(i == 0 ? "" : ",").append('"').append(tensorsAndShards[i]).append("\":\"").append(tensorsAndShards[i + 1]).append('"');
        }
        return "{\"metadata\":{\"total_size\":48},\"weight_map\":{" + json + "}}";
    }

    @Test
    void oneFile() throws IOException {
        single("b", "a");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.tensors()).containsExactly("a", "b");
            assertThat(checkpoint.contains("b")).isTrue();
            assertThat(checkpoint.require("a", Shape.of(2, 3)).toFloats()).containsExactly(0, 1, 2, 3, 4, 5);
            assertThatThrownBy(() -> checkpoint.require("a", Shape.of(3, 2))).isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith(folder.resolve("model.safetensors")
                            + ": tensor \"a\": its shape is [2,3]; the model needs [3,2]. Check");
            assertThatThrownBy(() -> checkpoint.require("c", Shape.of(2, 3))).isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("tensor \"c\" is missing; there are 2 other tensors");
        }
    }

    @Test
    void shardsAreOpenedWhenNeeded() throws IOException {
        weights(ONE, "a", "c");
        Files.write(folder.resolve(TWO), new byte[3]);
        index(map("a", ONE, "b", TWO, "c", "./" + ONE));
        Checkpoint checkpoint = Checkpoint.open(folder);
        assertThat(checkpoint.tensors()).containsExactly("a", "b", "c");
        assertThat(checkpoint.tensor("c").getFloat(5)).isEqualTo(5);
        assertThatThrownBy(() -> checkpoint.tensor("b")).isInstanceOf(CheckpointException.class)
                .hasMessageContaining(TWO + ": the file has 3 bytes");
        checkpoint.close();
        assertThatThrownBy(() -> checkpoint.tensor("a")).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    }

    @Test
    void threadsShareACheckpoint() throws Exception {
        int size = 300_000;
        SafetensorsWriter.write(folder.resolve(ONE), Map.of(), List.of(Tensor.ofFloats("a", Shape.of(size), i -> i)));
        SafetensorsWriter.write(folder.resolve(TWO), Map.of(), List.of(Tensor.ofFloats("b", Shape.of(size), i -> -i)));
        index(map("a", ONE, "b", TWO));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            List<Future<float[]>> read = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                String name = i % 2 == 0 ? "a" : "b";
                read.add(threads.submit(() -> checkpoint.tensor(name).toFloats()));
            }
            for (int i = 0; i < read.size(); i++) {
                float[] values = read.get(i).get();
                for (int j = 0; j < size; j++) {
                    if (values[j] != (i % 2 == 0 ? j : -j)) {
                        fail("read " + i + ": element " + j + " is " + values[j]);
                    }
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void indexAndShardsMustAgree() throws IOException {
        weights(ONE, "a");
        weights(TWO, "a", "b", "c");
        index(map("a", ONE, "b", TWO, "missing", ONE));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThatThrownBy(() -> checkpoint.tensor("a")).isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(ONE + ": tensor \"missing\" is missing, but model.safetensors.index.json places it in this file");
            assertThatThrownBy(() -> checkpoint.tensor("b")).isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(TWO + ": the file holds tensor \"a\", but model.safetensors.index.json places it in " + ONE);
        }
        index(map("a", TWO, "b", TWO));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThatThrownBy(() -> checkpoint.tensor("b")).isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(TWO + ": the file holds tensor \"c\", but model.safetensors.index.json does not list it");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{}                                             | weight_map is missing",
        "{\"weight_map\":{}}                            | weight_map is empty",
        "{\"weight_map\":3}                             | weight_map is \"3\"; needed is an object",
        "{\"weight_map\":{\"a\":3}}                     | the shard of tensor \"a\" is no string",
        "{\"weight_map\":{\"a\":\"s\",\"a\":\"s\"}}     | tensor \"a\" is listed twice",
        "{\"weight_map\":{},\"weight_map\":{}}          | weight_map occurs twice",
        "{\"weight_map\":{\"a\":\"none\"}}              | none: there is no such file",
        "{\"weight_map\":{\"a\":\".\"}}                 | this is not a regular file",
        "{\"weight_map\":{\"a\":\"../s\"}}              | shard \"../s\" is no path inside the folder",
        "{\"weight_map\":{\"a\":\"x/../../s\"}}         | shard \"x/../../s\" is no path inside the folder",
        "{\"weight_map\":{\"a\":\"/etc/hostname\"}}     | shard \"/etc/hostname\" is no path inside the folder",
        "{\"weight_map\":{\"a\":\"\"}}                  | shard \"\" is no path inside the folder",
        "{\"weight_map\":{\"a\":\"s\\u0000\"}}          | shard \"s\\u0000\" is no path inside the folder",
        "[]                                             | the index is no JSON object",
        "``                                             | the index is no JSON object",
        "{\"weight_map\":                               | the index is not valid JSON",
        "{\"weight_map\":{\"a\":\"s\"}}]                | the index is not valid JSON",
    })
    void wrongIndex(String json, String message) throws IOException {
        weights("s", "a");
        Files.createDirectories(folder.resolve("x"));
        index(json);
        assertThatThrownBy(() -> Checkpoint.open(folder)).isInstanceOf(CheckpointException.class).hasMessageContaining(message);
    }

    @Test
    void deeplyNestedIndex() throws IOException {
        index("{\"metadata\":" + "[".repeat(1_000_000) + "}");
        assertThatThrownBy(() -> Checkpoint.open(folder)).isInstanceOf(CheckpointException.class).hasMessageContaining("not valid JSON");
    }

    @Test
    void noModel() throws IOException {
        assertThatThrownBy(() -> Checkpoint.open(folder)).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("neither model.safetensors nor model.safetensors.index.json");
        assertThatThrownBy(() -> Checkpoint.open(folder.resolve("none"))).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("this is no folder");
        Files.createDirectory(folder.resolve("model.safetensors"));
        assertThatThrownBy(() -> Checkpoint.open(folder)).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("not a regular file");
    }

    @Test
    void jsonFiles() throws IOException {
        single("a");
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\":7}");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.json("generation_config.json").orElseThrow().getInt("eos_token_id")).isEqualTo(7);
            assertThat(checkpoint.json("preprocessor_config.json")).isEmpty();
            assertThatThrownBy(checkpoint::config).isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("config.json: there is no such file");
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void badWeights(float bad) throws IOException {
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), List.of(
                Tensor.ofFloats("good", Shape.of(200, 500), i -> Float.MAX_VALUE),
                Tensor.ofBfloats("bad", Shape.of(200, 500), i -> i == 77_777 || i == 99_999 ? bad : 1)));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            WeightCheck.requireFinite(checkpoint.tensor("good"));
            assertThatThrownBy(() -> WeightCheck.requireFinite(checkpoint.tensor("bad"))).isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("model.safetensors: tensor \"bad\": element 77777 of 100000")
                    .hasMessageContaining("BF16) is " + bad + "; a weight must be finite");
        }
    }

    @Test
    void extraTensors() throws IOException {
        single("a", "b", "c", "d", "e", "f", "g", "h");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            WeightCheck.requireAllUsed(checkpoint, Set.copyOf(checkpoint.tensors()));
            assertThatThrownBy(() -> WeightCheck.requireAllUsed(checkpoint, Set.of("a"))).isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("7 of 8 tensors have no place in the model: \"b\", \"c\", \"d\", \"e\", \"f\" and 2 more");
            assertThatThrownBy(() -> WeightCheck.requireAllUsed(checkpoint, Set.of("a", "b", "c", "d", "e", "f", "g")))
                    .hasMessageContaining("1 of 8 tensors have no place in the model: \"h\".");
        }
    }
}
