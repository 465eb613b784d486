package org.autoneural.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
    @TempDir
    Path folder;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("config.json");
    }

    private Config config(String json) throws IOException {
        return Config.read(Files.writeString(file, json));
    }

    private Config sample() throws IOException {
        return config("""
                {"text_config": {"hidden_size": 192, "eps": 1e-06, "theta": 10000, "tied": true, "kind": "lfm2", "scaling": null,
                                 "layers": ["conv", "attention"], "mean": [0.5, 1], "bad": "abc", "zero": 0, "neg": -2,
                                 "wide": 5000000000, "whole": 3.0, "limit": Infinity, "mixed": [1, "x"]},
                 "indices": [-2, -1], "arch": [["a", "b"], [], ["c"]], "broken_arch": [["a"], "b"], "empty": []}
                """);
    }

    @Test
    void values() throws IOException {
        Config c = sample();
        assertThat(c.file()).isEqualTo(file);
        assertThat(c.getInt("text_config.hidden_size")).isEqualTo(192);
        assertThat(c.getPositiveInt("text_config.hidden_size")).isEqualTo(192);
        assertThat(c.getInt("text_config.neg")).isEqualTo(-2);
        assertThat(c.getDouble("text_config.eps")).isEqualTo(1e-6);
        assertThat(c.getDouble("text_config.theta")).isEqualTo(10000);
        assertThat(c.getBoolean("text_config.tied")).isTrue();
        assertThat(c.getString("text_config.kind")).isEqualTo("lfm2");
        assertThat(c.getString("text_config.kind", List.of("lfm2", "qwen2"))).isEqualTo("lfm2");
        assertThat(c.getStrings("text_config.layers")).containsExactly("conv", "attention");
        assertThat(c.getDoubles("text_config.mean")).containsExactly(0.5, 1.0);
        assertThat(c.getInts("indices")).containsExactly(-2, -1);
        assertThat(c.getInts("empty")).isEmpty();
        assertThat(c.getStringLists("arch")).containsExactly(List.of("a", "b"), List.of(), List.of("c"));
        assertThat(c.section("text_config").getInt("hidden_size")).isEqualTo(192);
    }

    @Test
    void absentValues() throws IOException {
        Config c = sample();
        assertThat(c.has("text_config")).isTrue();
        assertThat(c.has("text_config.scaling")).as("null counts as absent").isFalse();
        assertThat(c.has("vision_config.hidden_size")).isFalse();
        assertThat(c.find("nothing")).isEmpty();
        assertThat(c.getInt("nothing", -5)).isEqualTo(-5);
        assertThat(c.getPositiveInt("vision_config.size", 7)).isEqualTo(7);
        assertThat(c.getDouble("text_config.scaling", 1.5)).isEqualTo(1.5);
        assertThat(c.getBoolean("nothing", true)).isTrue();
        assertThat(c.getString("nothing", "x")).isEqualTo("x");
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("text_config.bad is \"abc\"; expected a positive integer", c -> c.getPositiveInt("text_config.bad")),
                mistake("text_config.bad is \"abc\"; expected a positive integer", c -> c.getPositiveInt("text_config.bad", 3)),
                mistake("text_config.bad is \"abc\"; expected a positive integer", c -> c.section("text_config").getPositiveInt("bad")),
                mistake("text_config.zero is 0; expected a positive integer", c -> c.getPositiveInt("text_config.zero")),
                mistake("text_config.wide is 5000000000; expected an integer of 32 bits", c -> c.getInt("text_config.wide")),
                mistake("text_config.whole is 3.0; expected an integer", c -> c.getInt("text_config.whole")),
                mistake("text_config.tied is true; expected an integer", c -> c.getInt("text_config.tied")),
                mistake("text_config.limit is Infinity; expected a finite number", c -> c.getDouble("text_config.limit")),
                mistake("text_config.zero is 0; expected true or false", c -> c.getBoolean("text_config.zero")),
                mistake("text_config.zero is 0; expected a string", c -> c.getString("text_config.zero")),
                mistake("text_config.kind is \"lfm2\"; expected one of [a, b]", c -> c.getString("text_config.kind", List.of("a", "b"))),
                mistake("text_config.mixed[1] is \"x\"; expected an integer", c -> c.getInts("text_config.mixed")),
                mistake("text_config.mixed[0] is 1; expected a string", c -> c.getStrings("text_config.mixed")),
                mistake("broken_arch[1] is \"b\"; expected an array", c -> c.getStringLists("broken_arch")),
                mistake("indices[0] is -2; expected an array", c -> c.getStringLists("indices")),
                mistake("text_config is an object; expected an array", c -> c.getInts("text_config")),
                mistake("text_config.hidden_size is 192; expected an object", c -> c.getInt("text_config.hidden_size.x", 1)),
                mistake("indices is an array of 2; expected an object", c -> c.section("indices")),
                mistake("gone is missing; expected an object", c -> c.section("gone")),
                mistake("text_config.gone is missing; expected an integer", c -> c.getInt("text_config.gone")),
                mistake("text_config.scaling is missing; expected a finite number", c -> c.getDouble("text_config.scaling")),
                mistake("gone is missing; expected an array", c -> c.getInts("gone")));
    }

    private static Arguments mistake(String message, Consumer<Config> call) {
        return Arguments.of(message, call);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void mistakeIsNamed(String message, Consumer<Config> call) throws IOException {
        Config c = sample();
        assertThatThrownBy(() -> call.accept(c)).isInstanceOf(CheckpointException.class).hasMessageStartingWith(file + ": " + message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[]", "3", "null", "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1,\"b\":2}}", "{} {}", "{'a':1}", "{\"a\":01}"})
    void wrongFiles(String json) {
        assertThatThrownBy(() -> config(json)).isInstanceOf(CheckpointException.class).hasMessageStartingWith(file.toString());
    }

    @Test
    void hugeOrDeepFiles() throws IOException {
        assertThatThrownBy(() -> config("{\"a\":" + "[".repeat(1_000_000))).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("not valid JSON");
        assertThatThrownBy(() -> config("{\"a\":" + "9".repeat(100_000) + "}")).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("not valid JSON");
        Files.write(file, new byte[(16 << 20) + 1]);
        assertThatThrownBy(() -> Config.read(file)).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("longer than 16777216 bytes");
    }

    @Test
    void numbersBeyondDouble() throws IOException {
        Config c = config("{\"a\":1e999}");
        assertThatThrownBy(() -> c.getDouble("a")).isInstanceOf(CheckpointException.class).hasMessageContaining("finite");
    }
}
