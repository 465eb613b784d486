package org.autoneural.compiler;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Puts all questions of a file, several at the same time. */
final class Questions {
    private Questions() {}

    /** What {@code ask} says to each line, in the order of the file. */
    static <T> List<T> each(QaSet questions, Function<QaSet.Line, T> ask, int threads, Progress progress) {
        List<QaSet.Line> lines = questions.lines();
        AtomicInteger done = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<T>> pending = new ArrayList<>();
            for (QaSet.Line line : lines) {
                pending.add(pool.submit(() -> {
                    T answer = ask.apply(line);
                    synchronized (done) {
                        progress.at("asking", done.incrementAndGet(), lines.size());
                    }
                    return answer;
                }));
            }
            List<T> answers = new ArrayList<>();
            for (Future<T> answer : pending) {
                answers.add(result(answer));
            }
            return answers;
        } finally {
            pool.shutdownNow();
        }
    }

    private static <T> T result(Future<T> answer) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking questions", e);
        }
    }
}
