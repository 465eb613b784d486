package org.autoneural.runtime;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.autoneural.text.StreamingDecoder;
import org.autoneural.text.Tokenizer;

/**
 * An answer in the making: each piece of text is generated when it is asked for, on the caller's thread. Not thread-safe; belongs to
 * one turn of one {@link Conversation}.
 */
public final class AnswerStream implements Iterator<String>, AutoCloseable {
    private final Session session;
    private final Sampler sampler;
    private final Generation generation;
    private final Cancellation cancel;
    private final Consumer<List<Integer>> onEnd;
    private final StreamingDecoder decoder;
    private final List<Integer> ids = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private Optional<Answer.Ending> ending = Optional.empty();
    private String next = "";
    /** Generated, but not fed: the caller has not taken its text yet. */
    private OptionalInt pending = OptionalInt.empty();
    private boolean told;

    /** @param onEnd is given the tokens that were fed, once, when the answer has ended in whatever way */
    AnswerStream(Session session, Tokenizer tokenizer, Sampler sampler, Generation generation, Cancellation cancel, Consumer<List<Integer>> onEnd) {
        this.session = session;
        this.sampler = sampler;
        this.generation = generation;
        this.cancel = cancel;
        this.onEnd = onEnd;
        this.decoder = new StreamingDecoder(tokenizer);
    }

    /** Generates tokens until they make complete text or the answer ends. */
    @Override
    public boolean hasNext() {
        while (next.isEmpty() && ending.isEmpty()) {
            try {
                next = step();
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }
        return !next.isEmpty();
    }

    @Override
    public String next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the answer has ended");
        }
        String piece = next;
        next = "";
        text.append(piece);
        return piece;
    }

    private String step() {
        feedPending();
        if (ids.size() >= generation.maxTokens()) {
            return end(Answer.Ending.MAX_TOKENS);
        }
        if (cancel.isCancelled()) {
            return end(Answer.Ending.CANCELLED);
        }
        int id = sampler.next(session.logits());
        if (generation.stopIds().contains(id)) {
            return end(Answer.Ending.STOP_TOKEN);
        }
        if (session.position() == session.capacity()) {
            return end(Answer.Ending.CONTEXT_FULL);
        }
        pending = OptionalInt.of(id);
        return decoder.push(id);
    }

    /** The last token is fed too: the next turn goes on behind it. */
    private void feedPending() {
        if (pending.isPresent()) {
            int id = pending.getAsInt();
            pending = OptionalInt.empty();
            session.feed(id);
            ids.add(id);
            sampler.occurred(id);
        }
    }

    private String end(Answer.Ending how) {
        ending = Optional.of(how);
        tell();
        return decoder.finish();
    }

    private void tell() {
        if (!told) {
            told = true;
            onEnd.accept(List.copyOf(ids));
        }
    }

    /**
     * The answer as a whole.
     *
     * @throws IllegalStateException before its last piece was read
     */
    public Answer answer() {
        if (ending.isEmpty() || !next.isEmpty()) {
            throw new IllegalStateException("the answer is not complete: read all its pieces first");
        }
        return new Answer(text.toString(), List.copyOf(ids), ending.get());
    }

    /** Ends the answer where it is; the conversation goes on behind what was read, the last piece left out. Does nothing at its end. */
    @Override
    public void close() {
        if (ending.isEmpty()) {
            ending = Optional.of(Answer.Ending.CANCELLED);
        }
        next = "";
        tell();
    }
}
