package org.autoneural.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.autoneural.CompiledCockpit;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.text.Message;
import org.autoneural.text.Prompt;
import org.autoneural.text.PromptBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conversations in words with the compiled built-in model. */
class ConversationTest {
    private static final String DESCRIBE = "What do you see?";
    private static final String DESCRIPTION =
            "The instrument cluster shows 70 km/h in gear P with 100 percent fuel. The battery warning is on.";
    private static final int STOP = 7;
    private static CompiledModel model;
    private static byte[] sample;
    private static byte[] other;

    @BeforeAll
    static void load() {
        model = CompiledModel.load(CompiledCockpit.byDefault());
        sample = model.preprocessing().read(CockpitTiny.samplePicture());
        other = model.preprocessing().read(CockpitTiny.samplePicture().resolveSibling("test_instr_1003.png"));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static Answer ask(Conversation conversation, String question, List<byte[]> pictures, Generation generation) {
        Question asked = conversation.ask(question).with(generation);
        pictures.forEach(asked::about);
        return asked.answer();
    }

    private static Answer ask(String question, Generation generation) {
        try (Conversation conversation = model.newConversation()) {
            return ask(conversation, question, List.of(sample), generation);
        }
    }

    private static Map<String, String> states(Session session) {
        Map<String, String> all = new TreeMap<>();
        session.snapshot().states().forEach((name, state) -> all.put(name, TensorTrace.sha256(state)));
        return all;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        DESCRIBE + "|" + DESCRIPTION,
        "Is a turn indicator on?|The hazard lights are on.",
        "What gear is the car in?|The car is in gear P, park.",
    })
    void readsTheSamplePicture(String question, String answer) {
        Answer found = ask(question, model.generation());
        assertThat(found.text()).isEqualTo(answer);
        assertThat(found.ending()).isEqualTo(Answer.Ending.STOP_TOKEN);
        assertThat(found.ids()).isNotEmpty().doesNotContain(STOP);
        assertThat(model.tokenizer().decode(found.ids().stream().mapToInt(Integer::intValue).toArray())).isEqualTo(answer);
    }

    @Test
    void theModelsOwnSettingsAreGreedyUntilItsStopToken() {
        assertThat(model.generation()).isEqualTo(new Generation(Sampling.greedy(), 48, Set.of(STOP)));
    }

    @Test
    void piecesAddUpToTheText() {
        List<String> pieces = new ArrayList<>();
        try (Conversation conversation = model.newConversation()) {
            Answer answer = conversation.ask(DESCRIBE).about(sample).answer(pieces::add);
            assertThat(String.join("", pieces)).isEqualTo(answer.text()).isEqualTo(DESCRIPTION);
            assertThat(pieces).hasSizeGreaterThan(10).doesNotContain("");
        }
    }

    /** Three turns, the second with another picture, against one prompt of the same tokens in a fresh session. */
    @Test
    void severalTurnsAndPicturesEqualTheSameTokensFedAtOnce() {
        List<Answer> answers = new ArrayList<>();
        Map<String, String> held;
        int position;
        try (Conversation conversation = model.newConversation()) {
            answers.add(ask(conversation, "How fast is the car going?", List.of(sample), model.generation()));
            answers.add(ask(conversation, "What gear is the car in?", List.of(other), model.generation()));
            answers.add(ask(conversation, "Is a door open?", List.of(), model.generation()));
            held = states(conversation.session());
            position = conversation.session().position();
        }
        assertThat(answers.get(0).text()).isEqualTo("The speed is 70 km/h.");
        assertThat(answers).extracting(Answer::ending).containsOnly(Answer.Ending.STOP_TOKEN);

        List<Integer> ids = new ArrayList<>();
        List<Integer> rows = new ArrayList<>();
        PromptBuilder prompts = model.prompts();
        List<Message> history = new ArrayList<>();
        List<Message> questions = List.of(Message.user(1, "How fast is the car going?"), Message.user(1, "What gear is the car in?"),
                Message.user(0, "Is a door open?"));
        String before = "";
        for (int turn = 0; turn < 3; turn++) {
            List<Message> added = questions.subList(turn, turn + 1);
            Prompt prompt = turn == 0 ? prompts.prompt(added) : prompts.followUp(history, before, added);
            for (int row : prompt.pictureRows()) {
                rows.add(ids.size() + row);
            }
            IntStream.of(prompt.ids()).forEach(ids::add);
            ids.addAll(answers.get(turn).ids());
            if (turn > 0) {
                history.add(Message.of("assistant", before));
            }
            history.addAll(added);
            before = answers.get(turn).text();
        }
        try (Session fresh = model.newSession()) {
            fresh.feed(array(ids), array(rows), List.of(fresh.look(sample), fresh.look(other)));
            assertThat(fresh.position()).isEqualTo(position);
            assertThat(states(fresh)).isEqualTo(held);
            assertThat(new Sampler(Sampling.greedy(), 1).next(fresh.logits())).as("what ended the last answer").isEqualTo(STOP);
        }
    }

    private static int[] array(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }

    @Test
    void aSystemMessageComesFirst() {
        try (Conversation conversation = model.newConversation("Be brief."); Session fresh = model.newSession()) {
            Answer answer = ask(conversation, DESCRIBE, List.of(sample), model.generation().withMaxTokens(4));
            Prompt prompt = model.prompts().prompt(List.of(Message.of("system", "Be brief."), Message.user(1, DESCRIBE)));
            fresh.feed(prompt.ids(), prompt.pictureRows(), List.of(fresh.look(sample)));
            fresh.feed(array(answer.ids()));
            assertThat(states(conversation.session())).isEqualTo(states(fresh));
        }
    }

    @Test
    void stopTokensEndTheAnswerAndAreNoPartOfIt() {
        List<Integer> whole = ask(DESCRIBE, model.generation()).ids();
        int stop = whole.get(6);
        Answer answer = ask(DESCRIBE, new Generation(Sampling.greedy(), 48, Set.of(stop, STOP)));
        assertThat(answer.ending()).isEqualTo(Answer.Ending.STOP_TOKEN);
        assertThat(answer.ids()).isEqualTo(whole.subList(0, whole.indexOf(stop)));
    }

    @Test
    void maxTokensEndTheAnswer() {
        List<Integer> whole = ask(DESCRIBE, model.generation()).ids();
        for (int max : new int[] {1, 5}) {
            Answer answer = ask(DESCRIBE, model.generation().withMaxTokens(max));
            assertThat(answer.ending()).isEqualTo(Answer.Ending.MAX_TOKENS);
            assertThat(answer.ids()).isEqualTo(whole.subList(0, max));
        }
        assertThat(ask(DESCRIBE, model.generation().withMaxTokens(whole.size() + 1)).ending()).isEqualTo(Answer.Ending.STOP_TOKEN);
    }

    @Test
    void cancelledFromTheCallbackItStopsAndGoesOnWithTheNextQuestion() {
        List<Integer> whole = ask(DESCRIBE, model.generation()).ids();
        try (Conversation conversation = model.newConversation(); Conversation limited = model.newConversation()) {
            Cancellation cancel = new Cancellation();
            List<String> pieces = new ArrayList<>();
            Answer answer = conversation.ask(DESCRIBE).about(sample).until(cancel).answer(text -> {
                pieces.add(text);
                if (pieces.size() == 4) {
                    cancel.cancel();
                }
            });
            assertThat(answer.ending()).isEqualTo(Answer.Ending.CANCELLED);
            assertThat(answer.ids()).hasSizeBetween(4, whole.size() - 1).isEqualTo(whole.subList(0, answer.ids().size()));
            assertThat(answer.text()).isEqualTo(String.join("", pieces));

            // As if the answer had been limited to as many tokens.
            ask(limited, DESCRIBE, List.of(sample), model.generation().withMaxTokens(answer.ids().size()));
            assertThat(ask(conversation, "What gear is the car in?", List.of(other), model.generation()))
                    .isEqualTo(ask(limited, "What gear is the car in?", List.of(other), model.generation()));
            assertThat(states(conversation.session())).isEqualTo(states(limited.session()));
        }
    }

    @Test
    void cancelledBeforehandItAnswersNothing() {
        try (Conversation conversation = model.newConversation()) {
            Cancellation cancel = new Cancellation();
            cancel.cancel();
            Answer answer = conversation.ask(DESCRIBE).about(sample).until(cancel).answer();
            assertThat(answer).isEqualTo(new Answer("", List.of(), Answer.Ending.CANCELLED));
        }
    }

    @Test
    void aQuestionThatDoesNotFitLeavesTheConversationAsItWas() {
        try (CompiledModel small = CompiledModel.load(CompiledCockpit.small());
                Conversation conversation = small.newConversation(); Conversation untouched = small.newConversation()) {
            Generation brief = small.generation().withMaxTokens(6);
            ask(conversation, DESCRIBE, List.of(sample), brief);
            ask(untouched, DESCRIBE, List.of(sample), brief);
            String tooLong = "Is a door open? ".repeat(20);
            assertThatThrownBy(() -> ask(conversation, tooLong, List.of(), brief)).isInstanceOf(ContextFullException.class)
                    .hasMessageContaining("the context of 96 tokens is full").hasMessageContaining("--context");
            assertThatThrownBy(() -> ask(conversation, "Is a door open?", List.of(sample, other, sample), brief))
                    .isInstanceOf(ContextFullException.class);
            assertThat(states(conversation.session())).isEqualTo(states(untouched.session()));
            assertThat(ask(conversation, "Is a door open?", List.of(), brief)).isEqualTo(ask(untouched, "Is a door open?", List.of(), brief));
            assertThat(states(conversation.session())).isEqualTo(states(untouched.session()));
        }
    }

    @Test
    void anAnswerThatFillsTheContextEndsThere() {
        try (CompiledModel small = CompiledModel.load(CompiledCockpit.small()); Conversation conversation = small.newConversation()) {
            Answer answer = ask(conversation, DESCRIBE, List.of(sample), new Generation(Sampling.greedy(), 200, Set.of()));
            assertThat(answer.ending()).isEqualTo(Answer.Ending.CONTEXT_FULL);
            assertThat(conversation.session().position()).isEqualTo(96).isEqualTo(conversation.session().capacity());
            assertThatThrownBy(() -> ask(conversation, DESCRIBE, List.of(), small.generation())).isInstanceOf(ContextFullException.class);
        }
    }

    @Test
    void seedsRepeatAndDiffer() {
        Set<List<Integer>> answers = new HashSet<>();
        for (long seed = 0; seed < 4; seed++) {
            Generation random = model.generation().withMaxTokens(16).withSampling(Sampling.random(5, seed));
            Answer answer = ask(DESCRIBE, random);
            assertThat(ask(DESCRIBE, random)).as("seed %d again", seed).isEqualTo(answer);
            answers.add(answer.ids());
        }
        assertThat(answers).hasSize(4);
    }

    @Test
    void aPictureOfAnotherSizeIsRefused() {
        try (Conversation conversation = model.newConversation()) {
            assertThatThrownBy(() -> ask(conversation, DESCRIBE, List.of(new byte[3]), model.generation()))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("3 bytes").hasMessageContaining("128 x 128 x 3");
        }
    }

    @Test
    void aListenerThatThrowsLeavesTheConversationUsable() {
        try (Conversation broken = model.newConversation(); Conversation calm = model.newConversation()) {
            assertThatThrownBy(() -> broken.ask(DESCRIBE).about(sample).answer(text -> {
                throw new IllegalStateException("the listener's own trouble");
            })).hasMessage("the listener's own trouble");
            Cancellation atOnce = new Cancellation();
            atOnce.cancel();
            calm.ask(DESCRIBE).about(sample).until(atOnce).answer();
            Answer expected = ask(calm, "How fast is the car going?", List.of(), model.generation());
            assertThat(ask(broken, "How fast is the car going?", List.of(), model.generation())).isEqualTo(expected);
            assertThat(broken.session().position()).isEqualTo(calm.session().position());
        }
    }
}
