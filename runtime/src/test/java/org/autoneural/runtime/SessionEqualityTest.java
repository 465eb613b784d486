package org.autoneural.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.autoneural.CompiledCockpit;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.ir.Shape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * However tokens reach a session (whole, in pieces of any size, one by one, before or after a snapshot is restored, on this
 * session or another), its states, logits and next tokens are the same bits. On the compiled built-in model.
 */
class SessionEqualityTest {
    private static final int GREEDY_STEPS = 6;
    private static CompiledModel model;
    private static List<Features> pictures;

    @BeforeAll
    static void load() {
        model = CompiledModel.load(CompiledCockpit.byDefault());
        try (Session session = model.newSession()) {
            pictures = List.of(look(session, "test_instr_1000.png"), look(session, "test_instr_1003.png"));
        }
    }

    private static Features look(Session session, String name) {
        return session.look(model.preprocessing().read(CockpitTiny.samplePicture().resolveSibling(name)));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** Random tokens in which two pictures' rows stand, ascending, at random places. */
    private record Input(int[] ids, int[] rows) {
        static Input random(Random random) {
            int vocabulary = model.program().entryPoint("prefill").type("logits").shape().dim(-1);
            int perPicture = pictures.get(0).tokens();
            int[] ids = random.ints(60 + random.nextInt(60), 0, vocabulary).toArray();
            int[] rows;
            if (random.nextBoolean()) {
                // Anywhere.
                rows = random.ints(0, ids.length).distinct().limit(2L * perPicture).sorted().toArray();
            } else {
                // As in prompts: each picture's rows side by side; the first picture crosses the border of the first chunk.
                int first = chunk() - 1 - random.nextInt(perPicture - 2);
                int second = first + perPicture + random.nextInt(ids.length - first - 2 * perPicture + 1);
                rows = new int[2 * perPicture];
                Arrays.setAll(rows, i -> i < perPicture ? first + i : second + i - perPicture);
            }
            return new Input(ids, rows);
        }

        void feedTo(Session session, int from, int to) {
            int first = firstRowAt(from);
            int last = firstRowAt(to);
            session.feed(Arrays.copyOfRange(ids, from, to), Arrays.stream(rows, first, last).map(r -> r - from).toArray(),
                    features(first, last));
        }

        private int firstRowAt(int position) {
            return (int) Arrays.stream(rows).filter(r -> r < position).count();
        }
    }

    private static int chunk() {
        return model.program().entryPoint("prefill").type("ids").shape().dim(0);
    }

    /** Visual tokens {@code from} to {@code to - 1}, counted over all pictures. */
    private static List<Features> features(int from, int to) {
        List<Features> parts = new ArrayList<>();
        int before = 0;
        for (Features picture : pictures) {
            int first = Math.max(from - before, 0);
            int last = Math.min(to - before, picture.tokens());
            if (first < last) {
                int width = picture.rows().shape().dim(1);
                parts.add(new Features(new TensorBuffer(picture.rows().type().withShape(Shape.of(last - first, width)),
                        picture.rows().shorts(), picture.rows().offset() + first * width)));
            }
            before += picture.tokens();
        }
        return parts;
    }

    /** All that a session has: position, states, logits, and the tokens that follow; taking it feeds those tokens. */
    private static Map<String, Object> everything(Session session) {
        Map<String, Object> all = new TreeMap<>();
        all.put("logits", TensorTrace.sha256(session.logits()));
        states(session).forEach((name, digest) -> all.put("state " + name, digest));
        List<Integer> tokens = new ArrayList<>();
        Sampler sampler = new Sampler(Sampling.greedy(), 1);
        while (tokens.size() < GREEDY_STEPS) {
            tokens.add(sampler.next(session.logits()));
            session.feed(tokens.get(tokens.size() - 1));
        }
        all.put("next tokens", tokens);
        states(session).forEach((name, digest) -> all.put("state afterwards " + name, digest));
        return all;
    }

    private static Map<String, Object> states(Session session) {
        Map<String, Object> all = new TreeMap<>();
        Snapshot snapshot = session.snapshot();
        all.put("position", snapshot.position());
        snapshot.states().forEach((name, state) -> all.put(name, TensorTrace.sha256(state)));
        return all;
    }

    private static Map<String, Object> whole(Input input) {
        try (Session session = model.newSession()) {
            input.feedTo(session, 0, input.ids().length);
            return everything(session);
        }
    }

    private static Random random(long seed) {
        System.out.println("seed " + seed);
        return new Random(seed);
    }

    @Test
    void statesAreThoseOfTheModelsLayers() {
        try (Session session = model.newSession()) {
            // Six layers: conv conv attention conv conv attention.
            assertThat(session.snapshot().states().keySet()).containsExactlyInAnyOrder("layers.0.conv.state", "layers.1.conv.state",
                    "layers.2.k_cache", "layers.2.v_cache", "layers.3.conv.state", "layers.4.conv.state", "layers.5.k_cache",
                    "layers.5.v_cache");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void piecesOfAnySize(long seed) {
        Random random = random(seed);
        Input input = Input.random(random);
        try (Session session = model.newSession()) {
            for (int from = 0, to; from < input.ids().length; from = to) {
                // Some pieces are a single token, some are longer than a chunk.
                to = Math.min(input.ids().length, from + 1 + random.nextInt(random.nextBoolean() ? 4 : chunk() + 10));
                input.feedTo(session, from, to);
            }
            assertThat(everything(session)).isEqualTo(whole(input));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void tokenByToken(long seed) {
        Input input = Input.random(random(seed));
        try (Session session = model.newSession()) {
            for (int i = 0; i < input.ids().length; i++) {
                input.feedTo(session, i, i + 1);
            }
            assertThat(everything(session)).isEqualTo(whole(input));
        }
    }

    /** The chunks before have no reader for theirs; {@link #tokenByToken} holds the logits. */
    @Test
    void logitsAreComputedForTheLastChunkAlone() {
        OpTimes times = new OpTimes();
        try (Session session = model.newSession(times)) {
            session.feed(new int[2 * chunk() + 2]);
        }
        String logits = model.program().entryPoint("prefill").type("logits").toString();
        assertThat(times.of("prefill")).filteredOn(time -> time.op().endsWith("-> " + logits)).extracting(OpTimes.OpTime::count).containsExactly(1L);
        assertThat(times.of("prefill")).filteredOn(time -> time.op().startsWith("gather")).extracting(OpTimes.OpTime::count).containsExactly(3L);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void snapshotsRestoreOnAnySession(long seed) {
        Random random = random(seed);
        Input input = Input.random(random);
        int cut = 1 + random.nextInt(input.ids().length - 1);
        Map<String, Object> expected = whole(input);
        try (Session one = model.newSession(); Session other = model.newSession()) {
            input.feedTo(one, 0, cut);
            Snapshot snapshot = one.snapshot();
            Map<String, Object> atCut = states(one);

            Input stray = Input.random(random);
            stray.feedTo(one, 0, stray.ids().length);
            assertThat(states(one)).as("the stray tokens left their mark").isNotEqualTo(atCut);
            one.restore(snapshot);
            assertThat(states(one)).isEqualTo(atCut);
            input.feedTo(one, cut, input.ids().length);
            assertThat(everything(one)).as("same session").isEqualTo(expected);

            stray.feedTo(other, 0, 40);
            other.restore(snapshot);
            assertThat(states(other)).isEqualTo(atCut);
            input.feedTo(other, cut, input.ids().length);
            assertThat(everything(other)).as("another session").isEqualTo(expected);
        }
    }

    @Test
    void paddingHoldsNothingBack() {
        Input input = Input.random(random(31));
        // 1 to chunk valid rows in a chunk whose other rows hold what the run before left there.
        for (int count : new int[] {2, 3, 5, chunk() - 1, chunk()}) {
            try (Session fresh = model.newSession(); Session used = model.newSession()) {
                input.feedTo(used, 0, input.ids().length);
                try (Session empty = model.newSession()) {
                    used.restore(empty.snapshot());
                }
                input.feedTo(fresh, 0, count);
                input.feedTo(used, 0, count);
                assertThat(everything(used)).as("%d of %d rows", count, chunk()).isEqualTo(everything(fresh));
            }
        }
    }

    @Test
    void aSnapshotOfAnotherModelIsRefused() {
        try (CompiledModel other = CompiledModel.load(CompiledCockpit.small());
                CompiledModel mine = CompiledModel.load(CompiledCockpit.byDefault());
                Session a = other.newSession(); Session b = mine.newSession()) {
            assertThatThrownBy(() -> b.restore(a.snapshot())).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the snapshot is of another model");
            assertThat(b.position()).isZero();
        }
    }
}
