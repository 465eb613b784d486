package org.autoneural.compiler;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How many questions were answered exactly right: equal as text, without space around.
 *
 * @param total          all questions
 * @param byKind         questions of each kind, sorted by kind
 * @param floatAgreement of the questions whose {@code float_answer} is known: answers equal to that; empty when none is
 * @param misses         wrong answers in the order of the questions
 */
public record Evaluation(Tally total, Map<String, Tally> byKind, Optional<Tally> floatAgreement, List<Miss> misses) {
    /** Longest answer that is waited for, in tokens. */
    public static final int DEFAULT_MAX_TOKENS = 128;

    /** Right answers among {@code count}, at least 1. */
    public record Tally(int correct, int count) {
        /** Share of right answers, 0 to 1. */
        public double accuracy() {
            return (double) correct / count;
        }

        private Tally plus(boolean right) {
            return new Tally(correct + (right ? 1 : 0), count + 1);
        }
    }

    /** A question whose answer was not {@code line.answer()}. */
    public record Miss(QaSet.Line line, String found) {}

    public Evaluation {
        byKind = Collections.unmodifiableMap(new TreeMap<>(byKind));
        misses = List.copyOf(misses);
    }

    /**
     * Asks every question and compares the answers. The result does not depend on {@code threads}.
     *
     * @param threads questions asked at the same time, at least 1
     */
    public static Evaluation run(QaSet questions, Answerer answerer, int maxTokens, int threads, Progress progress) {
        return of(questions, Questions.each(questions, line -> answerer.answer(line.image(), line.question(), maxTokens), threads, progress));
    }

    /** Compares answers with those of the lines, in order. */
    public static Evaluation of(QaSet questions, List<String> answers) {
        if (answers.size() != questions.lines().size()) {
            throw new IllegalArgumentException(answers.size() + " answers to " + questions.lines().size() + " questions");
        }
        Tally total = new Tally(0, 0);
        Map<String, Tally> byKind = new TreeMap<>();
        Tally agreement = new Tally(0, 0);
        List<Miss> misses = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            QaSet.Line line = questions.lines().get(i);
            String found = answers.get(i).strip();
            boolean right = found.equals(line.answer().strip());
            total = total.plus(right);
            byKind.put(line.kind(), byKind.getOrDefault(line.kind(), new Tally(0, 0)).plus(right));
            if (line.floatAnswer().isPresent()) {
                agreement = agreement.plus(found.equals(line.floatAnswer().get().strip()));
            }
            if (!right) {
                misses.add(new Miss(line, found));
            }
        }
        return new Evaluation(total, byKind, Optional.of(agreement).filter(t -> t.count() > 0), misses);
    }
}
