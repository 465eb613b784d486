package org.autoneural.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonReportTest {
    private static final Series PEER = new Series("decode", "peer", "tokens/s", List.of(10.0, 20.0, 40.0), "");
    private static final Series OURS = new Series("decode", "ours", "tokens/s", List.of(9.0, 10.0, 38.0), "");
    private static final Series ABSENT = new Series("decode", "absent", "", List.of(), "no <file> given");

    @Test
    void ratiosAreTakenRoundByRound() {
        // Medians of 20 and 10 would say 0.5; the rounds say 0.9, 0.5, 0.95.
        assertThat(OURS.ratioTo(PEER)).isEqualTo(0.9);
    }

    @Test
    void medianOfAnEvenNumberOfRoundsIsBetweenTheMiddleTwo() {
        assertThat(new Series("w", "c", "u", List.of(4.0, 1.0), "").median()).isEqualTo(2.5);
    }

    @Test
    void textHasOneTableForEachWork() {
        assertThat(new ComparisonReport("a machine", List.of(PEER, OURS, ABSENT)).text()).isEqualTo("""
                a machine

                ### decode

                | contender | median | least | most | ratio | |
                |---|---|---|---|---|---|
                | peer | 20.00 tokens/s | 10.00 | 40.00 | 1.00 |  |
                | ours | 10.00 tokens/s | 9.00 | 38.00 | 0.90 |  |
                | absent | not run |  |  |  | no <file> given |
                """);
    }

    @Test
    void pageHasNoScriptAndNoTagOfItsData() {
        assertThat(new ComparisonReport("a machine", List.of(PEER, OURS, ABSENT)).html()).contains("no &lt;file&gt; given")
                .contains("<td>0.90</td>").doesNotContain("<script").doesNotContain("http");
    }
}
