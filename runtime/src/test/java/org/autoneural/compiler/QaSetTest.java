package org.autoneural.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QaSetTest {
    private static final String GOOD = "{\"image\": \"a.png\", \"question\": \"q\", \"answer\": \"a\"}\n";

    @TempDir
    Path folder;

    @BeforeEach
    void picture() throws IOException {
        Files.write(folder.resolve("a.png"), new byte[] {1});
        Files.write(folder.resolve("b.png"), new byte[] {1});
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("qa.jsonl"), text);
    }

    @Test
    void readsLinesWithAndWithoutOptionalFields() throws IOException {
        QaSet set = QaSet.read(file(GOOD + "\n"
                + "{\"image\": \"b.png\", \"question\": \"Ü?\", \"answer\": \"b\", \"kind\": \"speed\", \"split\": \"test\","
                + " \"float_answer\": \"c\", \"source\": 3}\n"));
        assertThat(set.lines()).containsExactly(
                new QaSet.Line(1, folder.resolve("a.png"), "q", "a", "all", Optional.empty(), Optional.empty()),
                new QaSet.Line(3, folder.resolve("b.png"), "Ü?", "b", "speed", Optional.of("test"), Optional.of("c")));
        assertThat(set.pictures()).containsExactly(folder.resolve("a.png"), folder.resolve("b.png"));
    }

    @Test
    void splitsAreChosenByName() throws IOException {
        String named = GOOD.replace("}", ", \"split\": \"%s\"}");
        QaSet set = QaSet.read(file(String.format(named, "calib") + String.format(named, "test")));
        assertThat(set.split("calib").lines()).extracting(QaSet.Line::number).containsExactly(1);
        assertThat(set.reported().lines()).extracting(QaSet.Line::number).containsExactly(2);
        assertThatThrownBy(() -> set.split("dev")).isInstanceOf(QaException.class)
                .hasMessageContaining("no line of split 'dev'; there are [calib, test]");
    }

    @Test
    void withoutSplitsEveryLineCounts() throws IOException {
        QaSet set = QaSet.read(file(GOOD));
        assertThat(set.split("calib")).isEqualTo(set);
        assertThat(set.reported()).isEqualTo(set);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"question\": \"q\", \"answer\": \"a\"} | line 2: field image is missing or empty",
        "{\"image\": \"a.png\", \"question\": 3, \"answer\": \"a\"} | line 2: field question is a JSON number",
        "{\"image\": \"a.png\", \"question\": \"q\", \"answer\": \" \"} | line 2: field answer is missing or empty",
        "{\"image\": \"none.png\", \"question\": \"q\", \"answer\": \"a\"} | line 2: field image is 'none.png', but there is no file",
        "{\"image\": \"a.png\", \"image\": \"b.png\"} | line 2: not JSON: Duplicate field 'image'",
        "[1] | line 2: found a JSON array",
        "{\"image\": | line 2: not JSON",
        "{} {} | line 2: not JSON",
        "{\"image\": \"a\\u0000b\", \"question\": \"q\", \"answer\": \"a\"} | line 2: field image",
    })
    void namesLineAndField(String line, String message) throws IOException {
        Path file = file(GOOD + line + "\n");
        assertThatThrownBy(() -> QaSet.read(file)).isInstanceOf(QaException.class)
                .hasMessageContaining(file.toString()).hasMessageContaining(message);
    }

    @Test
    void refusesWhatIsNoTextOrNoFile() throws IOException {
        Path latin = Files.write(folder.resolve("latin.jsonl"), "\"\u00e9\"".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> QaSet.read(latin)).isInstanceOf(QaException.class).hasMessageContaining("is not UTF-8");
        assertThatThrownBy(() -> QaSet.read(folder)).isInstanceOf(QaException.class).hasMessageContaining("is not a file");
        assertThatThrownBy(() -> QaSet.read(folder.resolve("x"))).isInstanceOf(QaException.class)
                .hasMessageContaining("does not exist");
        Path empty = file("\n \n");
        assertThatThrownBy(() -> QaSet.read(empty)).isInstanceOf(QaException.class).hasMessageContaining("holds no line");
    }
}
