package org.autoneural.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.autoneural.CompiledCockpit;
import org.autoneural.artifact.Artifact;
import org.autoneural.checkpoint.Config;
import org.autoneural.checkpoint.Safetensors;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.image.PictureDecoder;
import org.autoneural.image.Preprocessing;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Stage;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.Transpose;
import org.autoneural.ir.text.IrParser;
import org.autoneural.ir.text.IrPrinter;
import org.autoneural.ir.verify.Verifier;
import org.autoneural.quantizer.encoding.EncodingsFile;
import org.autoneural.quantizer.recipe.RecipeJson;
import org.autoneural.text.ChatTemplate;
import org.autoneural.text.Message;
import org.autoneural.text.PictureTokens;
import org.autoneural.text.Tokenizer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every file format that is read, damaged at random: a clear refusal or a working result, never another exception, an overflow of
 * stack or heap, or a hang. {@code -Dautoneural.fuzz.seconds=600} tries longer, {@code -Dautoneural.fuzz.seed=N} repeats a failure.
 */
class FuzzTest {
    private static final double SECONDS = Double.parseDouble(System.getProperty("autoneural.fuzz.seconds", "0.7"));
    private static final long SEED = Long.getLong("autoneural.fuzz.seed", 20261125);
    /** Far above what any input here takes; a clock does not decide, it only ends what hangs. */
    private static final long HANG_NANOS = 60_000_000_000L;
    private static final Map<String, Tally> SUMMARY = new LinkedHashMap<>();

    @TempDir
    static Path folder;

    /** Reads one damaged input; a refusal is one of {@link #isRefusal}. */
    @FunctionalInterface
    interface Reader {
        void read(byte[] bytes) throws IOException;
    }

    /** Inputs tried, of those accepted and refused. */
    record Tally(int tried, int accepted, int refused) {}

    @AfterAll
    static void summary() {
        SUMMARY.forEach((format, t) -> System.out.printf("fuzz: %-22s %6d tried, %6d accepted, %6d refused, 0 failures%n", format, t.tried(),
                t.accepted(), t.refused()));
    }

    @TestFactory
    Stream<DynamicTest> everyFormat() throws IOException {
        Path checkpoint = CockpitTiny.checkpoint();
        Map<String, byte[]> good = new LinkedHashMap<>();
        Map<String, Reader> readers = new LinkedHashMap<>();
        good.put("safetensors", small());
        readers.put("safetensors", bytes -> {
            try (Safetensors file = Safetensors.open(write("model.safetensors", bytes))) {
                file.tensors().forEach(name -> file.tensor(name).elements());
            }
        });
        good.put("config.json", Files.readAllBytes(checkpoint.resolve("config.json")));
        readers.put("config.json", bytes -> {
            Config config = Config.read(write("config.json", bytes));
            config.getPositiveInt("text_config.hidden_size");
        });
        good.put("preprocessor_config.json", Files.readAllBytes(checkpoint.resolve("preprocessor_config.json")));
        readers.put("preprocessor_config.json", bytes -> Preprocessing.of(bytes, "preprocessor_config.json"));
        good.put("tokenizer.json", Files.readAllBytes(checkpoint.resolve("tokenizer.json")));
        readers.put("tokenizer.json", bytes -> {
            try (Tokenizer tokenizer = Tokenizer.of(bytes, "tokenizer.json")) {
                tokenizer.encode("How fast?");
            }
        });
        byte[] config = good.get("config.json");
        good.put("tokenizer_config.json", Files.readAllBytes(checkpoint.resolve("tokenizer_config.json")));
        readers.put("tokenizer_config.json", bytes -> {
            PictureTokens.of(config, bytes);
            ChatTemplate.of(bytes, "tokenizer_config.json").render(List.of(Message.user(1, "How fast?")), true);
        });
        good.put("model.npu", Files.readAllBytes(CompiledCockpit.small()));
        readers.put("model.npu", bytes -> {
            try (Artifact artifact = Artifact.open(write("model.npu", bytes))) {
                artifact.verify();
            }
        });
        String recipe = "{\"name\": \"mine\", \"base\": \"w8a16\", \"rules\": [{\"part\": \"vision\", \"weights\": 4, \"rounding\": \"nearest\"}]}";
        good.put("recipe", recipe.getBytes(StandardCharsets.UTF_8));
        readers.put("recipe", bytes -> RecipeJson.parse("recipe.json", new String(bytes, StandardCharsets.UTF_8)));
        String encodings = "{\"version\": \"0.6.1\", \"activation_encodings\": {\"x\": [{\"bitwidth\": 16, \"dtype\": \"int\", \"is_symmetric\": \"True\","
                + " \"max\": 0.999969482421875, \"min\": -1.0, \"offset\": -32768, \"scale\": 3.0517578125e-05}]}, \"param_encodings\": {}, \"quantizer_args\": {}}";
        good.put("encodings", encodings.getBytes(StandardCharsets.UTF_8));
        readers.put("encodings", bytes -> EncodingsFile.read(write("encodings.json", bytes)));
        good.put("textual IR", graphText().getBytes(StandardCharsets.UTF_8));
        readers.put("textual IR", bytes -> {
            Graph graph = IrParser.parse(new String(bytes, StandardCharsets.UTF_8));
            Verifier.verify(graph);
            assertThat(IrPrinter.print(IrParser.parse(IrPrinter.print(graph)))).isEqualTo(IrPrinter.print(graph));
        });
        good.put("png", Files.readAllBytes(CockpitTiny.samplePicture()));
        readers.put("png", bytes -> new PictureDecoder().decode(bytes, "picture.png"));
        return readers.entrySet().stream().map(e -> DynamicTest.dynamicTest(e.getKey(), () -> fuzz(e.getKey(), good.get(e.getKey()), e.getValue())));
    }

    /** A file of two tensors: damage hits its header, not only weights. */
    private static byte[] small() throws IOException {
        String header = "{\"__metadata__\":{\"format\":\"pt\"},\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[24,32]}}";
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + 32).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json).array();
    }

    private static String graphText() {
        GraphBuilder graph = new GraphBuilder("main", Stage.FLOAT);
        String x = graph.input("x", TensorType.of(DType.F32, 2, 3));
        String turned = graph.add(new Transpose(List.of(1, 0)), "turned", "model.turn", x);
        String shaped = graph.add(new Reshape(List.of(2, 3)), "shaped", "", turned);
        graph.output(graph.add(new Add(Optional.empty()), "sum", "model.add", x, shaped));
        return IrPrinter.print(graph.build());
    }

    private static Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static void fuzz(String format, byte[] good, Reader reader) throws IOException {
        // Undamaged it is fine: else every damage would be refused for the same dull reason.
        reader.read(good);
        long end = System.nanoTime() + (long) (SECONDS * 1e9);
        int tried = 0;
        int accepted = 0;
        // At least some: on a busy machine the clock alone could leave none.
        for (; tried < 20 || System.nanoTime() < end; tried++) {
            long seed = SEED + tried;
            byte[] bad = new Mutator(seed).damaged(good);
            long start = System.nanoTime();
            try {
                reader.read(bad);
                accepted++;
            } catch (RuntimeException | Error e) {
                if (!isRefusal(e)) {
                    fail(format + ", -Dautoneural.fuzz.seed=" + seed + ": " + e, e);
                }
                assertThat(e.getMessage()).as("%s, seed %d", format, seed).isNotBlank();
            }
            if (System.nanoTime() - start > HANG_NANOS) {
                fail(format + ", -Dautoneural.fuzz.seed=" + seed + ": one input took more than a minute");
            }
        }
        SUMMARY.put(format, new Tally(tried, accepted, tried - accepted));
    }

    /** Exceptions of this project with a message for the user: all are unchecked and named after what was read. */
    private static boolean isRefusal(Throwable e) {
        return e instanceof RuntimeException && e.getClass().getName().startsWith("org.autoneural.")
                || e.getClass() == IllegalArgumentException.class || e instanceof UncheckedIOException;
    }
}
