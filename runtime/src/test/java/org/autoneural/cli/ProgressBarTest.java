package org.autoneural.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.autoneural.cli.ProgressBar.Style;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long nanos;

    private ProgressBar bar(Style style) {
        return new ProgressBar(new PrintStream(bytes, true, StandardCharsets.UTF_8), style, () -> nanos);
    }

    private String shown() {
        return bytes.toString(StandardCharsets.UTF_8).replace("\r\033[K", "<clear>").replace(System.lineSeparator(), "|");
    }

    @Test
    void terminalSeesPercentAndTimeLeft() {
        ProgressBar bar = bar(Style.BAR);
        bar.at("calibrating", 0, 4);
        nanos += 30_000_000_000L;
        bar.at("calibrating", 1, 4);
        nanos += 1_000_000L;
        bar.at("calibrating", 2, 4);
        nanos += 29_999_000_000L;
        bar.at("calibrating", 4, 4);
        assertThat(shown()).isEqualTo("<clear>calibrating                [........................]   0%"
                + "<clear>calibrating                [######..................]  25%, 1:30 left"
                + "<clear>calibrating                4 in 60.0 s|");
    }

    @Test
    void elsewhereOneLineEachFinishedStep() {
        ProgressBar bar = bar(Style.LINES);
        bar.at("reading", 0, 1);
        nanos += 1_500_000_000L;
        bar.at("reading", 1, 1);
        bar.at("asking", 0, 3);
        bar.at("asking", 2, 3);
        bar.at("asking", 3, 3);
        assertThat(shown()).isEqualTo("reading                    1.5 s|asking                     3 in 0.0 s|");
    }

    @Test
    void anUnfinishedBarMakesRoomForAMessage() {
        ProgressBar bar = bar(Style.BAR);
        bar.at("reading", 0, 2);
        bar.clear();
        assertThat(shown()).endsWith("%<clear>");
    }

    @Test
    void quietIsSilent() {
        ProgressBar bar = bar(Style.SILENT);
        bar.at("reading", 0, 1);
        bar.at("reading", 1, 1);
        bar.clear();
        assertThat(shown()).isEmpty();
    }
}
