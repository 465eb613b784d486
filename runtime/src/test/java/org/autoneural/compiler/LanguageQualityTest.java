package org.autoneural.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.autoneural.CompiledCockpit;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.runtime.CompiledModel;
import org.junit.jupiter.api.Test;

class LanguageQualityTest {
    private static final double[] LOGITS = {0, Math.log(3), Math.log(4)};

    @Test
    void aTokenCostsItsNegativeLogLikelihood() {
        AnswerScore score = AnswerScore.NONE.plus(i -> LOGITS[i], 3, 2).plus(i -> LOGITS[i] + 700, 3, 2);
        assertThat(score.nats()).isCloseTo(2 * Math.log(2), within(1e-12));
        assertThat(score.tokens()).isEqualTo(2);
        assertThat(score.exact()).isTrue();
        AnswerScore wrong = score.plus(i -> LOGITS[i], 3, 0);
        assertThat(wrong.nats()).isCloseTo(2 * Math.log(2) + Math.log(8), within(1e-12));
        assertThat(wrong.exact()).isFalse();
    }

    /** Greedy decoding takes the first of equal logits. */
    @Test
    void ofEqualsTheFirstIsRight() {
        assertThat(AnswerScore.NONE.plus(i -> 0, 4, 0).exact()).isTrue();
        assertThat(AnswerScore.NONE.plus(i -> 0, 4, 1).exact()).isFalse();
    }

    @Test
    void theTurnEndsWithTheLikeliestOfItsEnds() {
        AnswerScore score = AnswerScore.NONE.ended(i -> LOGITS[i], 3, List.of(0, 1));
        assertThat(score.nats()).isCloseTo(Math.log(8.0 / 3), within(1e-12));
        assertThat(score.exact()).isFalse();
        assertThat(AnswerScore.NONE.ended(i -> LOGITS[i], 3, List.of())).isEqualTo(AnswerScore.NONE);
    }

    @Test
    void perplexityIsThatOfAllTokensTogether() {
        QaSet two = QaSet.read(CockpitTiny.evalSet()).split("test").spread(2);
        LanguageQuality quality = LanguageQuality.run(two, (picture, question, answer) -> question.equals(two.lines().get(0).question())
                ? new AnswerScore(Math.log(2), 1, true) : new AnswerScore(Math.log(32), 2, false), 2, Progress.silent());
        assertThat(quality.perplexity()).isCloseTo(4, within(1e-12));
        assertThat(quality.exact()).isEqualTo(new Evaluation.Tally(1, 2));
    }

    /** Teacher forcing and greedy decoding agree on what is exactly right; integers and floats find the same answers likely. */
    @Test
    void scoresAgreeWithAnswersAndIntegersWithFloats() {
        QaSet few = QaSet.read(CockpitTiny.evalSet()).split("test").spread(4);
        try (FloatModel floats = FloatModel.open(CockpitTiny.checkpoint());
                CompiledModel model = CompiledModel.load(CompiledCockpit.small(), new ExecutionOptions(1, "auto"))) {
            CompiledAnswers integers = new CompiledAnswers(model);
            LanguageQuality real = LanguageQuality.run(few, floats::score, 2, Progress.silent());
            LanguageQuality whole = LanguageQuality.run(few, integers, 2, Progress.silent());
            assertThat(whole.exact()).isEqualTo(Evaluation.run(few, integers, 64, 2, Progress.silent()).total());
            assertThat(whole.tokens()).isEqualTo(real.tokens());
            assertThat(whole.perplexity()).isBetween(1.0, 1.1).isCloseTo(real.perplexity(), within(0.02));
            // another answer is unlikely
            QaSet.Line line = few.lines().get(0);
            assertThat(integers.score(line.image(), line.question(), "Bananas are yellow.").nats()).isGreaterThan(10);
            assertThat(integers.score(line.image(), line.question(), "Bananas are yellow.").exact()).isFalse();
        }
    }

    @Test
    void aSpreadTakesLinesFromTheWholeFile() {
        QaSet test = QaSet.read(CockpitTiny.evalSet()).split("test");
        assertThat(test.spread(3).lines()).containsExactly(test.lines().get(0), test.lines().get(97), test.lines().get(195));
        assertThat(test.spread(1000).lines()).isEqualTo(test.lines());
    }
}
