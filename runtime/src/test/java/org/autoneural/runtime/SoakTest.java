package org.autoneural.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.autoneural.CompiledCockpit;
import org.autoneural.cockpit.CockpitTiny;
import org.junit.jupiter.api.Test;

/**
 * 200 conversations alive at once on one model, some cancelled, some closed in the middle of an answer: those that end by themselves
 * equal serial ones, the others are their beginnings, and neither memory nor file handles stay behind.
 */
class SoakTest {
    private static final int SESSIONS = 200;
    private static final int THREADS = 16;
    private static final int PICTURES = 4;
    private static final long SEED = 20261125;
    private static final long SPARE_BYTES = 16L << 20;

    private enum Fate {
        FINISHED, CANCELLED, CLOSED
    }

    /** What a conversation gave. */
    private record Outcome(int number, Fate fate, String text, List<String> states) {}

    /** Fate of conversation {@code number}, and the piece after which it strikes. */
    private static Fate fate(int number) {
        return Fate.values()[new Random(SEED + number).nextInt(3)];
    }

    private static Outcome talk(Conversation conversation, int number, List<Features> pictures, Generation generation, Fate fate) {
        int pieces = 1 + new Random(SEED - number).nextInt(8);
        Cancellation cancel = new Cancellation();
        StringBuilder text = new StringBuilder();
        try (AnswerStream stream = conversation.ask("What do you see?").about(pictures.get(number % PICTURES))
                .with(number % 5 == 0 ? generation.withSampling(Sampling.random(2, number)) : generation).until(cancel).stream()) {
            for (int i = 0; stream.hasNext(); i++) {
                text.append(stream.next());
                if (i + 1 == pieces && fate == Fate.CANCELLED) {
                    cancel.cancel();
                } else if (i + 1 == pieces && fate == Fate.CLOSED) {
                    break;
                }
            }
        }
        List<String> states = new ArrayList<>();
        conversation.session().snapshot().states().forEach((name, state) -> states.add(name + " " + TensorTrace.sha256(state)));
        conversation.close();
        return new Outcome(number, fate, text.toString(), states.stream().sorted().toList());
    }

    @Test
    void twoHundredAtOnce() throws Exception {
        OptionalLong handles;
        try (CompiledModel model = CompiledModel.load(CompiledCockpit.small())) {
            List<Features> pictures = new ArrayList<>();
            try (Session session = model.newSession()) {
                for (int i = 0; i < PICTURES; i++) {
                    Path picture = CockpitTiny.samplePicture().resolveSibling("test_instr_100" + i + ".png");
                    pictures.add(session.look(model.preprocessing().read(picture)));
                }
            }
            List<Outcome> serial = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                serial.add(talk(model.newConversation(), i, pictures, model.generation(), Fate.FINISHED));
            }
            handles = openFiles();
            long before = usedBytes();
            List<Outcome> parallel = atOnce(model, pictures);
            long left = usedBytes() - before;
            for (int i = 0; i < SESSIONS; i++) {
                Outcome one = parallel.get(i);
                if (one.fate() == Fate.FINISHED) {
                    assertThat(one).as("conversation %d", i).isEqualTo(serial.get(i));
                } else {
                    assertThat(serial.get(i).text()).as("conversation %d, %s", i, one.fate()).startsWith(one.text());
                }
            }
            System.out.printf("soak: %d sessions alive at once on %d threads: %d finished and equal serial ones, %d cancelled, %d closed early; "
                    + "%d KiB left%n", SESSIONS, THREADS, count(parallel, Fate.FINISHED), count(parallel, Fate.CANCELLED),
                    count(parallel, Fate.CLOSED), left >> 10);
            assertThat(left).as("bytes that stay after a collection").isLessThan(SPARE_BYTES);
            assertThat(openFiles()).as("open files").isEqualTo(handles);
        }
    }

    private static List<Outcome> atOnce(CompiledModel model, List<Features> pictures) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Outcome>> tasks = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                int number = i;
                // Opened here, before any of them speaks: all are alive together.
                Conversation conversation = model.newConversation();
                tasks.add(() -> talk(conversation, number, pictures, model.generation(), fate(number)));
            }
            List<Outcome> outcomes = new ArrayList<>();
            for (Future<Outcome> outcome : pool.invokeAll(tasks)) {
                outcomes.add(outcome.get());
            }
            return outcomes;
        } finally {
            pool.shutdownNow();
        }
    }

    private static long count(List<Outcome> outcomes, Fate fate) {
        return outcomes.stream().filter(o -> o.fate() == fate).count();
    }

    private static long usedBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Where the system shows them. */
    private static OptionalLong openFiles() throws IOException {
        Path folder = Path.of("/proc/self/fd");
        if (!Files.isDirectory(folder)) {
            return OptionalLong.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return OptionalLong.of(files.count());
        }
    }
}
