package org.autoneural.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.autoneural.text.Message;
import org.autoneural.text.Prompt;
import org.autoneural.text.PromptBuilder;
import org.autoneural.text.Tokenizer;

/**
 * A conversation in words: several turns, several pictures, one state. Each turn feeds only what is new. Not thread-safe;
 * conversations of one model are independent.
 */
public final class Conversation implements AutoCloseable {
    private final Session session;
    private final Tokenizer tokenizer;
    private final PromptBuilder prompts;
    private final Function<Sampling, Sampler> samplers;
    private final List<Message> history = new ArrayList<>();
    private final List<Integer> fed = new ArrayList<>();
    /** The last answer as the model wrote it, special tokens included; what the state holds behind {@link #history}. */
    private String lastAnswer = "";
    private boolean answered;

    Conversation(Session session, Tokenizer tokenizer, PromptBuilder prompts, Function<Sampling, Sampler> samplers,
            List<Message> opening) {
        this.session = session;
        this.tokenizer = tokenizer;
        this.prompts = prompts;
        this.samplers = samplers;
        history.addAll(opening);
    }

    /** The session underneath; feeding it behind the conversation's back breaks the conversation. */
    public Session session() {
        return session;
    }

    /**
     * Asks a question and streams the answer.
     *
     * @param question   the user's words
     * @param pictures   pictures that come with this question, in order: bytes [height, width, 3] of the model's size
     * @param generation sampling, length, stop tokens
     * @param onText     is given the answer piece by piece, on this thread, as soon as each piece is complete text
     * @param cancel     ends the answer early from another thread
     * @throws ContextFullException when the question does not fit; the conversation is as it was before
     */
    public Answer ask(String question, List<byte[]> pictures, Generation generation, Consumer<String> onText, Cancellation cancel) {
        return told(stream(question, pictures, generation, cancel), onText);
    }

    /**
     * As {@link #ask}, about pictures that a session of the same model has looked at before.
     *
     * @param pictures their visual tokens, in order
     */
    public Answer askAbout(String question, List<Features> pictures, Generation generation, Consumer<String> onText, Cancellation cancel) {
        return told(streamAbout(question, pictures, generation, cancel), onText);
    }

    private static Answer told(AnswerStream stream, Consumer<String> onText) {
        try (stream) {
            stream.forEachRemaining(onText);
            return stream.answer();
        }
    }

    /**
     * Asks a question whose answer the caller pulls piece by piece. Close the stream (or read it to its end) before the next
     * question.
     *
     * @throws ContextFullException when the question does not fit; the conversation is as it was before
     */
    public AnswerStream stream(String question, List<byte[]> pictures, Generation generation, Cancellation cancel) {
        return streamAbout(question, pictures.stream().map(session::look).toList(), generation, cancel);
    }

    /** As {@link #stream}, about pictures that a session of the same model has looked at before. */
    public AnswerStream streamAbout(String question, List<Features> pictures, Generation generation, Cancellation cancel) {
        List<Message> added = List.of(Message.user(pictures.size(), question));
        Prompt prompt = answered ? prompts.followUp(history, lastAnswer, added) : prompts.prompt(joined(history, added));
        if (prompt.ids().length > session.capacity() - session.position()) {
            throw new ContextFullException(session.position(), prompt.ids().length, session.capacity());
        }
        session.feed(prompt.ids(), prompt.pictureRows(), pictures);
        if (answered) {
            history.add(Message.of("assistant", lastAnswer));
        }
        history.addAll(added);
        for (int id : prompt.ids()) {
            fed.add(id);
        }
        Sampler sampler = samplers.apply(generation.sampling());
        fed.forEach(sampler::occurred);
        // From here on the state holds a question: what is fed behind it is this turn's answer, however short.
        lastAnswer = "";
        answered = true;
        return new AnswerStream(session, tokenizer, sampler, generation, cancel, this::hold);
    }

    /** What was fed as the answer is part of the state, also when the caller stopped reading. */
    private void hold(List<Integer> ids) {
        fed.addAll(ids);
        lastAnswer = tokenizer.decode(ids.stream().mapToInt(Integer::intValue).toArray(), true);
    }

    private static List<Message> joined(List<Message> a, List<Message> b) {
        List<Message> all = new ArrayList<>(a);
        all.addAll(b);
        return all;
    }

    @Override
    public void close() {
        session.close();
    }
}
