package org.autoneural.compiler;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.autoneural.runtime.Cancellation;
import org.autoneural.runtime.CompiledModel;
import org.autoneural.runtime.Conversation;
import org.autoneural.runtime.Features;
import org.autoneural.runtime.Sampling;
import org.autoneural.runtime.Session;

/** Greedy answers of a compiled model, each in a conversation of its own; a picture's visual tokens are computed once. */
public final class CompiledAnswers implements Answerer {
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
            return conversation.askAbout(question, List.of(seen),
                    model.generation().withSampling(Sampling.greedy()).withMaxTokens(maxTokens), text -> { }, new Cancellation()).text();
        }
    }

    private Features look(Session session, Path picture) {
        return session.look(model.preprocessing().read(picture));
    }
}
