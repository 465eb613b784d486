package org.autoneural.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.autoneural.compiler.Evaluation.Tally;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationTest {
    private static final Path PICTURE = Path.of("a.png");

    private static QaSet.Line line(int number, String question, String answer, String kind, String floatAnswer) {
        return new QaSet.Line(number, PICTURE, question, answer, kind, Optional.empty(),
                Optional.of(floatAnswer).filter(s -> !s.isEmpty()));
    }

    private static final QaSet QUESTIONS = new QaSet(Path.of("qa.jsonl"), List.of(
            line(1, "one", "1", "speed", "1"), line(2, "two", "2", "gear", "3"), line(3, "three", "3", "gear", "")));

    private static String answer(String question) {
        return Map.of("one", " 1\n", "two", "3", "three", "3").get(question);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void countsByKindAndAgainstTheFloatAnswers(int threads) {
        List<Long> steps = new ArrayList<>();
        Evaluation e = Evaluation.run(QUESTIONS, (picture, question, max) -> answer(question), 8, threads,
                (step, done, total) -> steps.add(done));
        assertThat(e.total()).isEqualTo(new Tally(2, 3));
        assertThat(e.byKind()).containsExactly(Map.entry("gear", new Tally(1, 2)), Map.entry("speed", new Tally(1, 1)));
        assertThat(e.floatAgreement()).contains(new Tally(2, 2));
        assertThat(e.misses()).containsExactly(new Evaluation.Miss(QUESTIONS.lines().get(1), "3"));
        assertThat(steps).containsExactly(1L, 2L, 3L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void passesOnTheFirstFailure(int threads) {
        assertThatThrownBy(() -> Evaluation.run(QUESTIONS, (picture, question, max) -> {
            throw new QaException("no answer to " + question);
        }, 8, threads, Progress.silent())).isInstanceOf(QaException.class).hasMessage("no answer to one");
    }
}
