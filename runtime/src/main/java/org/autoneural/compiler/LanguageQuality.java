package org.autoneural.compiler;

import java.util.List;
import org.autoneural.compiler.Evaluation.Tally;

/**
 * How well a model knows the right answers of a file.
 *
 * @param exact  answers that its greedy decoding gives token by token
 * @param nats   negative log likelihood of all answers, in nats
 * @param tokens of all answers, ends of turns included
 */
public record LanguageQuality(Tally exact, double nats, long tokens) {
    /** {@code exp} of the mean negative log likelihood of a token; 1 at best. */
    public double perplexity() {
        return Math.exp(nats / tokens);
    }

    /**
     * Scores every answer. The result does not depend on {@code threads}.
     *
     * @param threads answers read at the same time, at least 1
     */
    public static LanguageQuality run(QaSet questions, AnswerScorer scorer, int threads, Progress progress) {
        List<AnswerScore> scores = Questions.each(questions, line -> scorer.score(line.image(), line.question(), line.answer()), threads,
                progress);
        double nats = 0;
        long tokens = 0;
        int exact = 0;
        for (AnswerScore s : scores) {
            nats += s.nats();
            tokens += s.tokens();
            exact += s.exact() ? 1 : 0;
        }
        return new LanguageQuality(new Tally(exact, scores.size()), nats, tokens);
    }
}
