package org.autoneural.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.autoneural.CompiledCockpit;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.cockpit.CockpitTiny;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many conversations over one loaded model, from several threads, against the same ones after each other. */
class ConcurrentSessionsTest {
    private static final int THREADS = 4;
    private static final int CONVERSATIONS = 12;

    /** What a conversation gave, with a digest of all its states. */
    private record Outcome(List<Answer> answers, List<String> states) {}

    private static Outcome talk(CompiledModel model, int number) {
        Path picture = CockpitTiny.samplePicture().resolveSibling("test_instr_100" + number % 6 + ".png");
        Generation generation = number % 3 == 0 ? model.generation().withSampling(Sampling.random(2, number)) : model.generation();
        List<Answer> answers = new ArrayList<>();
        try (Conversation conversation = model.newConversation()) {
            byte[] rgb = model.preprocessing().read(picture);
            answers.add(conversation.ask("What do you see?").about(rgb).with(generation).answer());
            answers.add(conversation.ask("Is a door open?").with(generation).answer());
            List<String> states = new ArrayList<>();
            conversation.session().snapshot().states().forEach((name, state) -> states.add(name + " " + TensorTrace.sha256(state)));
            return new Outcome(answers, states.stream().sorted().toList());
        }
    }

    /** @param workers threads that one run is shared by */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void equalSerialOnes(int workers) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try (CompiledModel model = CompiledModel.load(CompiledCockpit.byDefault(), new ExecutionOptions(workers, "auto"))) {
            List<Callable<Outcome>> tasks = new ArrayList<>();
            List<Outcome> serial = new ArrayList<>();
            for (int i = 0; i < CONVERSATIONS; i++) {
                int number = i;
                tasks.add(() -> talk(model, number));
                serial.add(talk(model, number));
            }
            List<Future<Outcome>> parallel = pool.invokeAll(tasks);
            for (int i = 0; i < CONVERSATIONS; i++) {
                assertThat(parallel.get(i).get()).as("conversation %d", i).isEqualTo(serial.get(i));
            }
            assertThat(serial.stream().map(Outcome::states).distinct()).as("conversations differ").hasSizeGreaterThanOrEqualTo(6);
        } finally {
            pool.shutdownNow();
        }
    }
}
