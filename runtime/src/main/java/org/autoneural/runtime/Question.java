package org.autoneural.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A question to a {@link Conversation}, put together step by step: pictures, settings, then {@link #answer()} or {@link #stream()},
 * before which the model does nothing. Settings that are left out are the model's own ({@link CompiledModel#generation}). Not
 * thread-safe.
 */
public final class Question {
    /** Where the visual tokens of a picture come from. */
    private interface Sight {
        Features in(Session session);
    }

    private final Conversation conversation;
    private final String text;
    private final List<Sight> pictures = new ArrayList<>();
    private Generation generation;
    private Cancellation cancellation = new Cancellation();

    Question(Conversation conversation, String text) {
        this.conversation = conversation;
        this.text = text;
        this.generation = conversation.model().generation();
    }

    /**
     * Adds a picture; several come in the order in which they were added.
     *
     * @param file PNG or JPEG of any size
     * @throws org.autoneural.image.PictureException when the file cannot be read as a picture
     */
    public Question about(Path file) {
        return about(conversation.model().preprocessing().read(file));
    }

    /**
     * Adds a picture.
     *
     * @param rgb [height, width, 3] bytes of the size that the model was compiled for, as
     *            {@link CompiledModel#preprocessing()} makes them; another size is refused when the question is asked
     */
    public Question about(byte[] rgb) {
        pictures.add(session -> session.look(rgb));
        return this;
    }

    /**
     * Adds a picture that a session of the same model has looked at before.
     *
     * @param seen its visual tokens
     */
    public Question about(Features seen) {
        pictures.add(session -> seen);
        return this;
    }

    /** Takes all settings from {@code other}. */
    public Question with(Generation other) {
        generation = other;
        return this;
    }

    /** Takes at most {@code tokens} (1 or more) for the answer. */
    public Question maxTokens(int tokens) {
        return with(generation.withMaxTokens(tokens));
    }

    /** Chooses tokens as {@code sampling} says. */
    public Question sampling(Sampling sampling) {
        return with(generation.withSampling(sampling));
    }

    /** Lets {@code cancel} end the answer early, from any thread. */
    public Question until(Cancellation cancel) {
        cancellation = cancel;
        return this;
    }

    /**
     * Asks, and waits for the whole answer.
     *
     * @throws ContextFullException when the question does not fit; the conversation is as it was before
     */
    public Answer answer() {
        return answer(piece -> { });
    }

    /**
     * Asks, and hands on the answer piece by piece.
     *
     * @param onText is given each piece on this thread, as soon as it is complete text
     * @return the answer as a whole
     * @throws ContextFullException when the question does not fit; the conversation is as it was before
     */
    public Answer answer(Consumer<String> onText) {
        try (AnswerStream stream = stream()) {
            stream.forEachRemaining(onText);
            return stream.answer();
        }
    }

    /**
     * Asks, for an answer that the caller pulls piece by piece. Close the stream (or read it to its end) before the next question.
     *
     * @throws ContextFullException when the question does not fit; the conversation is as it was before
     */
    public AnswerStream stream() {
        List<Features> seen = pictures.stream().map(picture -> picture.in(conversation.session())).toList();
        return conversation.stream(text, seen, generation, cancellation);
    }
}
