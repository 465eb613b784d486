package org.autoneural.compiler;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntToDoubleFunction;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.runtime.CompiledModel;
import org.autoneural.runtime.Conversation;
import org.autoneural.runtime.Features;
import org.autoneural.runtime.Sampling;
import org.autoneural.runtime.Session;
import org.autoneural.text.Message;
import org.autoneural.text.Prompt;

/**
 * Greedy answers of a compiled model, and how likely it finds given ones, each in a state of its own; a picture's visual tokens
 * are computed once.
 */
public final class CompiledAnswers implements Answerer, AnswerScorer {
    private final CompiledModel model;
    private final Map<Path, Features> features = new ConcurrentHashMap<>();

    /** @param model stays the caller's */
    public CompiledAnswers(CompiledModel model) {
        this.model = model;
    }

    @Override
    public String answer(Path picture, String question, int maxTokens) {
        try (Conversation conversation = model.newConversation()) {
            Features seen = features.computeIfAbsent(picture, p -> look(conversation.session(), p));
            return conversation.ask(question).about(seen).sampling(Sampling.greedy()).maxTokens(maxTokens).answer().text();
        }
    }

    /** Logits are the integers times the scale of their encoding. */
    @Override
    public AnswerScore score(Path picture, String question, String answer) {
        try (Session session = model.newSession()) {
            Features seen = features.computeIfAbsent(picture, p -> look(session, p));
            Prompt prompt = model.prompts().prompt(List.of(Message.user(1, question)));
            session.feed(prompt.ids(), prompt.pictureRows(), List.of(seen));
            AnswerScore score = AnswerScore.NONE;
            for (int id : model.tokenizer().encode(answer)) {
                score = score.plus(real(session.logits()), (int) session.logits().shape().elements(), id);
                session.feed(id);
            }
            return score.ended(real(session.logits()), (int) session.logits().shape().elements(), model.generation().stopIds());
        }
    }

    private static IntToDoubleFunction real(TensorBuffer logits) {
        double scale = logits.type().quant().orElseThrow().scale();
        return i -> scale * logits.getLong(i);
    }

    private Features look(Session session, Path picture) {
        return session.look(model.preprocessing().read(picture));
    }
}
