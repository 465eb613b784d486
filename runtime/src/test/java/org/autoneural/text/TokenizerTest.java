package org.autoneural.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {
    private static Tokenizer tokenizer;

    @BeforeAll
    static void open() {
        tokenizer = Fixtures.tokenizer();
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void everyGoldenCaseIsEqual() throws IOException {
        JsonNode cases = new ObjectMapper().readTree(Fixtures.resource("/goldens/tiny/tokenizer_cases.json"));
        assertThat(cases.size()).isEqualTo(130);
        for (JsonNode each : cases) {
            int[] expected = IntStream.range(0, each.get("ids").size()).map(i -> each.get("ids").get(i).asInt()).toArray();
            String text = each.get("text").asText();
            assertThat(tokenizer.encode(text)).as(text).isEqualTo(expected);
            assertThat(tokenizer.decode(expected, true)).isEqualTo(text);
        }
    }

    @Test
    void anyTextComesBackAndStreamsToTheSameText() {
        long seed = 20_261_123L;
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            String text = randomText(random);
            int[] ids = tokenizer.encode(text);
            assertThat(tokenizer.decode(ids)).as("seed %d, round %d", seed, round).isEqualTo(text);
            StreamingDecoder stream = new StreamingDecoder(tokenizer);
            StringBuilder streamed = new StringBuilder();
            for (int id : ids) {
                String fresh = stream.push(id);
                assertThat(fresh).doesNotContain("\uFFFD");
                streamed.append(fresh);
            }
            assertThat(streamed.append(stream.finish()).toString()).as("seed %d, round %d", seed, round).isEqualTo(text);
        }
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        int[] starts = {0x20, 0x61, 0x0, 0xE0, 0x4E00, 0x1F600};
        for (int i = random.nextInt(12); i >= 0; i--) {
            text.appendCodePoint(starts[random.nextInt(starts.length)] + random.nextInt(30));
        }
        return text.toString();
    }

    @Test
    void aCharacterIsHeldBackUntilItsLastByte() {
        int[] ids = tokenizer.encode("\uD83D\uDE00!");
        assertThat(ids).hasSize(5);
        StreamingDecoder stream = new StreamingDecoder(tokenizer);
        assertThat(Arrays.stream(ids).mapToObj(stream::push)).containsExactly("", "", "", "\uD83D\uDE00", "!");
        assertThat(stream.finish()).isEmpty();
    }

    @Test
    void bytesThatNeverBecomeACharacterAppearOnce() {
        int[] ids = tokenizer.encode("\u65E5");
        StreamingDecoder stream = new StreamingDecoder(tokenizer);
        assertThat(List.of(stream.push(ids[0]), stream.push(ids[0]), stream.push(tokenizer.encode("a")[0])))
                .containsExactly("", "\uFFFD", "\uFFFDa");
        assertThat(stream.push(ids[0]) + stream.push(ids[1]) + stream.finish()).isEqualTo("\uFFFD");
        assertThat(stream.push(tokenizer.encode("b")[0])).isEqualTo("b");
    }

    @Test
    void specialTokensAreOneIdAndFoundByName() {
        int end = tokenizer.requireId("<|im_end|>", "stop");
        assertThat(tokenizer.encode("a<|im_end|>a")).hasSize(3).contains(end);
        assertThat(tokenizer.isSpecial(end)).isTrue();
        assertThat(tokenizer.isSpecial(tokenizer.encode("a")[0])).isFalse();
        assertThat(tokenizer.decode(tokenizer.encode("a<|im_end|>a"))).isEqualTo("aa");
        assertThat(tokenizer.id("<|nothing|>")).isEmpty();
        assertThat(tokenizer.idLimit()).isEqualTo(512);
        assertThatThrownBy(() -> tokenizer.requireId("<|nothing|>", "stop")).isInstanceOf(TextException.class)
                .hasMessageContaining("no token '<|nothing|>' (stop)");
    }

    @Test
    void nothingIsCutOffAndNoStartTokenIsAdded() {
        assertThat(tokenizer.encode("")).isEmpty();
        assertThat(tokenizer.encode("xq".repeat(5_000))).hasSize(10_000);
    }

    @Test
    void halfASurrogatePairIsNoCrash() {
        assertThat(tokenizer.decode(tokenizer.encode("a\uD83Db"))).startsWith("a").endsWith("b").contains("\uFFFD");
    }

    @Test
    void mergesMayBeStringsOrPairsAndWholeWordsMayWin() {
        for (String merges : List.of("[\"a b\"]", "[[\"a\", \"b\"]]")) {
            try (Tokenizer merged = Tokenizer.of(Fixtures.byteLevelBpe(false, merges), "t");
                    Tokenizer whole = Tokenizer.of(Fixtures.byteLevelBpe(true, merges), "t")) {
                assertThat(merged.encode("abc")).containsExactly(3, 2);
                assertThat(whole.encode("abc")).containsExactly(4);
                assertThat(whole.encode("abca")).containsExactly(3, 2, 0);
                // The longest added token wins, before any merge.
                assertThat(whole.encode("a<|x|>!b<|x|>")).containsExactly(0, 6, 1, 5);
            }
        }
    }

    @Test
    void oneTokenizerServesManyThreads() throws Exception {
        String text = "The instrument cluster shows 70 km/h in gear P with 100 percent fuel.";
        int[] expected = tokenizer.encode(text);
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            Callable<Boolean> task = () -> IntStream.range(0, 200).allMatch(i ->
                    Arrays.equals(tokenizer.encode(text), expected) && tokenizer.decode(expected).equals(text));
            for (var same : pool.invokeAll(IntStream.range(0, 8).mapToObj(i -> task).toList())) {
                assertThat(same.get()).isTrue();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void anIdOutsideTheVocabularyIsNamed() {
        assertThatThrownBy(() -> tokenizer.decode(5, 512)).isInstanceOf(TextException.class)
                .hasMessageContaining("Token id 512 at position 1").hasMessageContaining("0 to 511");
        assertThatThrownBy(() -> tokenizer.decode(-1)).isInstanceOf(TextException.class);
    }

    @Test
    void damagedFilesAreClearErrors() {
        String whole = new String(Fixtures.resource(Fixtures.MODEL + "tokenizer.json"), StandardCharsets.UTF_8);
        for (String damaged : List.of("", "nope", "[]", "{}", whole.substring(0, 9_000), whole.replace("\"BPE\"", "\"XYZ\""),
                whole.replaceFirst("\"merges\": ?\\[", "\"merges\": [[\"q~\", \"~q\"],"), whole.replaceFirst("\\(\\?i:", "(((?i:"),
                whole.replaceFirst("\"id\": ?3,", "\"id\": -3,"), whole.replaceFirst("\"id\": ?3,", "\"id\": 99999999999,"))) {
            assertThatThrownBy(() -> Tokenizer.of(damaged.getBytes(StandardCharsets.UTF_8), "my tokenizer.json"))
                    .isInstanceOf(TextException.class).hasMessageStartingWith("my tokenizer.json");
        }
    }

    @Test
    void aMissingFileIsNamed(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> Tokenizer.load(folder.resolve("tokenizer.json"))).isInstanceOf(TextException.class)
                .hasMessageContaining("tokenizer.json is missing");
        Path copy = Files.write(folder.resolve("tokenizer.json"), Fixtures.byteLevelBpe(true, "[]"));
        try (Tokenizer loaded = Tokenizer.load(copy)) {
            assertThat(loaded.encode("abc")).containsExactly(4);
        }
    }
}
