package org.autoneural.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.autoneural.text.Message;
import org.autoneural.text.Prompt;
import org.autoneural.text.PromptBuilder;

/**
 * A conversation in words: several turns, several pictures, one state. Each turn feeds only what is new. Not thread-safe;
 * conversations of one model are independent.
 */
public final class Conversation implements AutoCloseable {
    private final CompiledModel model;
    private final Session session;
    private final Function<Sampling, Sampler> samplers;
    private final List<Message> history = new ArrayList<>();
    private final List<Integer> fed = new ArrayList<>();
    /** The last answer as the model wrote it, special tokens included; what the state holds behind {@link #history}. */
    private String lastAnswer = "";
    private boolean answered;

    Conversation(CompiledModel model, Session session, Function<Sampling, Sampler> samplers, List<Message> opening) {
        this.model = model;
        this.session = session;
        this.samplers = samplers;
        history.addAll(opening);
    }

    CompiledModel model() {
        return model;
    }

    /** The session underneath; feeding it behind the conversation's back breaks the conversation. */
    public Session session() {
        return session;
    }

    /** A question in the user's words; it is asked by {@link Question#answer()} or {@link Question#stream()}. */
    public Question ask(String question) {
        return new Question(this, question);
    }

    AnswerStream stream(String question, List<Features> pictures, Generation generation, Cancellation cancel) {
        List<Message> added = List.of(Message.user(pictures.size(), question));
        PromptBuilder prompts = model.prompts();
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
        return new AnswerStream(session, model.tokenizer(), sampler, generation, cancel, this::hold);
    }

    /** What was fed as the answer is part of the state, also when the caller stopped reading. */
    private void hold(List<Integer> ids) {
        fed.addAll(ids);
        lastAnswer = model.tokenizer().decode(ids.stream().mapToInt(Integer::intValue).toArray(), true);
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
