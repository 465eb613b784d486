package org.autoneural.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.Progress;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every verb on the built-in model, calibrated on a few questions to be fast. */
class PipelineTest {
    private static final String SAMPLE = CockpitTiny.samplePicture().toString();
    private static final String DESCRIBE = "The instrument cluster shows 70 km/h in gear P with 100 percent fuel. The battery warning is on.";

    @TempDir
    static Path folder;

    private static Path questions;
    private static Path oneQuestion;
    private static String model;

    /** A few questions with absolute paths of their pictures, and the model compiled with them. */
    @BeforeAll
    static void compile() throws IOException {
        questions = folder.resolve("qa.jsonl");
        Path images = CockpitTiny.evalSet().resolveSibling("images").toAbsolutePath();
        List<String> lines = new ArrayList<>();
        try (Stream<String> all = Files.lines(CockpitTiny.evalSet())) {
            List<String> given = all.toList();
            given.stream().filter(l -> l.contains("\"calib\"")).limit(8).forEach(lines::add);
            given.stream().filter(l -> l.contains("test_instr_1000.png")).forEach(lines::add);
        }
        lines.replaceAll(l -> l.replace("images/", images + "/"));
        Files.write(questions, lines);
        oneQuestion = Files.write(folder.resolve("one.jsonl"), List.of(lines.get(0).replace("\"split\": \"calib\", ", "")));
        model = folder.resolve("model.npu").toString();
        Capture run = run("compile", "cockpit-tiny", "-o", model, "--calibration", questions.toString(), "--context", "256", "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode report = json(run);
        assertThat(report.path("file").asText()).isEqualTo(model);
        assertThat(report.path("sizeBytes").asLong()).isEqualTo(Files.size(Path.of(model)));
    }

    private static Capture run(String... arguments) {
        return Capture.run(folder.resolve("cache"), arguments);
    }

    private static JsonNode json(Capture run) throws IOException {
        return new JsonMapper().readTree(run.out());
    }

    @Test
    void runAnswers() throws IOException {
        Capture run = run("run", model, "--image", SAMPLE, "--ask", "What do you see?", "--json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        JsonNode object = json(run);
        assertThat(object.path("answer").asText()).isEqualTo(DESCRIBE);
        assertThat(object.path("ids").size()).isEqualTo(26);
        assertThat(object.path("ending").asText()).isEqualTo("stop_token");
        assertThat(object.path("images").get(0).asText()).isEqualTo(SAMPLE);
        assertThat(object.path("model").path("recipe").asText()).isEqualTo("w8a16-w4a16");
        assertThat(object.path("totalMs").asDouble()).isGreaterThanOrEqualTo(object.path("firstTextMs").asDouble());
    }

    @Test
    void checkTakesTheCompiledFile() {
        Capture run = run("check", model, "--target", "qnn-sa8295p");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("MAP-GAMMA8").contains("fits").doesNotContain("Refused");
        assertThat(run("check", model, "--target", "qnn-sa8295p", "--chunk", "8").err()).contains("fixed in a compiled file");
    }

    @Test
    void runStreamsTheAnswerAndNothingElseToStandardOutput() {
        Capture run = run("run", model, "--image", SAMPLE, "--ask", "What do you see?", "--kernels", "scalar", "--threads", "1");
        assertThat(run.out()).isEqualTo(DESCRIBE + System.lineSeparator());
        assertThat(run.err()).contains("Picture:  " + SAMPLE).contains("Question: What do you see?").contains("26 tokens");
        assertThat(run("run", model, "--image", SAMPLE, "--ask", "What do you see?", "-q").err()).isEmpty();
    }

    @Test
    void samplingFollowsItsSeed() {
        String[] first = {"run", model, "--image", SAMPLE, "--ask", "What do you see?", "-q", "--seed", "7", "--temperature", "5",
            "--max-tokens", "12"};
        assertThat(run(first).out()).isEqualTo(run(first).out());
        String[] second = first.clone();
        second[8] = "8";
        assertThat(run(second).out()).isNotEqualTo(run(first).out());
        Capture wrong = run("run", model, "--ask", "Hi", "--top-p", "2");
        assertThat(wrong.err()).isEqualTo("autoneural: sampling: topP is 2.0; allowed: above 0, at most 1" + System.lineSeparator());
        assertThat(wrong.code()).isEqualTo(2);
    }

    @Test
    void chatAnswersLinesOfAPipe() {
        Capture run = Capture.run(folder, "What do you see?\nHow fast is the car going?\n/image nowhere.png\n/frob\n/new\n/help\n/quit\nHi\n",
                List.of("run", model, "--image", SAMPLE));
        assertThat(run.code()).isZero();
        assertThat(run.out().lines()).containsExactly(DESCRIBE, "The speed is 70 km/h.");
        assertThat(run.err()).contains("There is no file nowhere.png.").contains("Unknown command /frob.").contains("A new conversation.");
    }

    @Test
    void aQuestionThatDoesNotFitIsATaskThatFails() {
        Capture run = run("run", model, "--ask", "long ".repeat(300));
        assertThat(run.err()).contains("autoneural: the context of 256 tokens is full");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void picturesThatAreNoneAreBadInput() {
        Capture run = run("run", model, "--image", questions.toString(), "--ask", "Hi");
        assertThat(run.err()).contains("is neither PNG nor JPEG");
        assertThat(run.code()).isEqualTo(3);
    }

    @Test
    void evalCountsTheTestSplit() throws IOException {
        Capture run = run("eval", "--model", model, "--qa", questions.toString(), "--json", "--threads", "2", "--min-accuracy", "1");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).isEqualToIgnoringNewLines("{\"accuracy\":1.0,\"count\":3,\"byKind\":{\"describe\":1.0,\"gear\":1.0,"
                + "\"turn\":1.0},\"correct\":3,\"floatAgreement\":1.0}");
    }

    @Test
    void evalFailsBelowTheGate() throws IOException {
        Path hard = Files.writeString(folder.resolve("hard.jsonl"), "{\"image\": \"" + SAMPLE
                + "\", \"question\": \"How fast is the car going?\", \"answer\": \"Too fast.\"}\n");
        Capture run = run("eval", "--model", model, "--qa", hard.toString(), "--min-accuracy", "0.5", "--misses", "-q");
        assertThat(run.out()).contains("line 1, test_instr_1000.png").contains("found: The speed is 70 km/h.")
                .containsPattern("total +0 +1 +0\\.00%");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void evalAsksTheFloatReference() {
        Capture run = run("eval", "--model", "cockpit-tiny", "--float", "--qa", questions.toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).containsPattern("equal to float_answer +3 +3 +100\\.00%");
    }

    @Test
    void inspectShowsPrecisionAndChecksHashes() throws IOException {
        JsonNode object = json(run("inspect", model, "--verify", "--json"));
        assertThat(object.path("verified").asBoolean()).isTrue();
        assertThat(object.path("metadata").path("model").asText()).isEqualTo("cockpit-tiny");
        assertThat(object.path("entryPoints").findValuesAsText("name")).containsExactly("vision", "prefill", "decode");
        // conv: in_proj 192 x 576 and out_proj 192 x 192; feed-forward: 3 x 192 x 512.
        assertThat(object.path("layers").path("model.layers.0").path("elements").path("s4").asLong()).isEqualTo(442_368);
        assertThat(object.path("sessionBytes").asLong()).isPositive();
        assertThat(run("inspect", model).out()).contains("Entry points", "model.layers.0", "Encodings by origin: observer", "tokenizer.json");
        assertThat(run("inspect", model, "--text").out()).contains("graph @decode integer {");
    }

    @Test
    void aDamagedModelIsRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of(model));
        bytes[200] ^= 1;
        Path damaged = Files.write(folder.resolve("damaged.npu"), bytes);
        Capture verify = run("inspect", damaged.toString(), "--verify");
        assertThat(verify.err()).contains("AR007").contains(damaged.toString());
        assertThat(verify.code()).isEqualTo(3);
        Path cut = Files.write(folder.resolve("cut.npu"), Arrays.copyOf(bytes, bytes.length / 2));
        Capture run = run("run", cut.toString(), "--ask", "Hi");
        assertThat(run.err()).startsWith("autoneural: AR00").contains(cut.toString());
        assertThat(run.code()).isEqualTo(3);
    }

    @Test
    void benchMeasures() throws IOException {
        JsonNode object = json(run("bench", model, "--vision", "--prefill", "20", "--decode", "2", "--repeat", "1", "--json", "--ops", "-q"));
        for (String number : List.of("visionMs", "prefillTokensPerSecond", "decodeTokensPerSecond", "loadMs", "peakMemoryBytes")) {
            assertThat(object.path(number).asDouble()).as(number).isPositive();
        }
        assertThat(object.path("prefill").asInt()).isEqualTo(20);
        for (String part : List.of("vision", "decode")) {
            double ms = StreamSupport.stream(object.path("ops").spliterator(), false)
                    .filter(op -> op.path("entryPoint").asText().equals(part)).mapToDouble(op -> op.path("ms").asDouble()).sum();
            assertThat(ms).as("ops of " + part).isPositive().isLessThan(object.path(part + "Ms").asDouble());
        }
        assertThat(object.path("ops").findValuesAsText("op")).anySatisfy(op -> assertThat(op).matches("linear s16\\[1,\\d+] s4\\[\\d+,\\d+] -> .*"));
        Capture tooLong = run("bench", model, "--prefill", "255", "--decode", "2");
        assertThat(tooLong.err()).contains("do not fit the model's context of 256 tokens");
        assertThat(tooLong.code()).isEqualTo(2);
        Capture kernels = run("bench", model, "--kernels", "magic");
        assertThat(kernels.err()).contains("magic");
        assertThat(kernels.code()).isEqualTo(2);
    }

    @Test
    void compareEncodersPutsThemSideBySide() throws IOException {
        JsonNode encoders = json(run("compare-encoders", "--qa", oneQuestion.toString(), "--json")).path("encoders");
        assertThat(encoders).extracting(row -> row.path("checkpoint").asText(), row -> row.path("recipe").asText())
                .containsExactly(tuple("cockpit-tiny", "w8a16"), tuple("cockpit-tiny-baseline", "w8a16"));
        assertThat(encoders).allSatisfy(row -> assertThat(row.path("sqnrDb").asDouble()).isGreaterThan(30)
                .isCloseTo(-20 * Math.log10(row.path("relativeRms").asDouble()), Offset.offset(1e-9)));
    }

    @Test
    void stopsAfterAStage() throws IOException {
        Path text = folder.resolve("float.ir");
        assertThat(run("compile", "cockpit-tiny", "--stop-after", "float", "-o", text.toString(), "-q").code()).isZero();
        assertThat(Files.readString(text)).startsWith("graph @vision float {").contains("graph @decode float {");
    }

    @Test
    void aCheckpointWithNothingToCalibrateOnIsCompiledWithANote() throws IOException {
        Path bare = Files.createDirectory(folder.resolve("bare"));
        for (String name : List.of("config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.json",
                "tokenizer_config.json", "model.safetensors")) {
            Files.copy(ModelSource.of("cockpit-tiny").path().resolve(name), bare.resolve(name));
        }
        Capture result = run("compile", bare.toString(), "-o", folder.resolve("bare.npu").toString(), "--stop-after", "float", "-q");
        assertThat(result.code()).isZero();
        assertThat(result.err()).contains("has no eval/qa.jsonl to calibrate on, so the built-in pictures");
    }

    /**
     * The bytes of a compiled file do not depend on the JVM that compiles: a second one with one processor and without vectors
     * gives the same. There is no tokenizer, so a generated sample calibrates, and the model takes ids.
     */
    @Test
    void aCheckpointWithoutATokenizerGivesAModelOfIdsAndTheSameBytesInAnotherJvm() throws Exception {
        Path bare = Files.createDirectory(folder.resolve("ids"));
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.copy(ModelSource.of("cockpit-tiny").path().resolve(name), bare.resolve(name));
        }
        Path file = folder.resolve("ids.npu");
        String[] compile = {"compile", bare.toString(), "-o", file.toString(), "--context", "64", "-q"};
        Capture compiled = run(compile);
        assertThat(compiled.code()).as(compiled.err()).isZero();
        assertThat(compiled.err()).contains("has no tokenizer.json, so a generated picture and random token ids");
        Path other = folder.resolve("other-jvm.npu");
        compile[3] = other.toString();
        assertThat(inAnotherJvm(compile)).isZero();
        assertThat(Files.mismatch(file, other)).isEqualTo(-1);

        Capture ids = run("run", file.toString(), "--ids", "1,6,50", "--max-tokens", "4", "-q");
        assertThat(ids.out()).as(ids.err()).matches("(\\d+ ){4}\\R");
        assertThat(json(run("run", file.toString(), "--ids", "1,6,50", "--max-tokens", "4", "--json")).path("ids").size()).isEqualTo(4);
        assertThat(json(run("bench", file.toString(), "--prefill", "5", "--decode", "0", "--repeat", "1", "--json", "-q"))
                .path("prefillTokensPerSecond").asDouble()).isPositive();
        Capture words = run("run", file.toString(), "--ask", "Hi");
        assertThat(words.err()).contains("holds no tokenizer.json, so it takes token ids, not words");
        assertThat(words.code()).isEqualTo(1);
        Capture given = run("compile", bare.toString(), "-o", file.toString(), "--calibration", oneQuestion.toString());
        assertThat(given.err()).contains("there is no tokenizer.json to read the questions of");
        assertThat(given.code()).isEqualTo(3);
    }

    private static int inAnotherJvm(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ActiveProcessorCount=1", "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    /** model.md C.3: keys and values of 8 bits for every token, two columns of 16 bits for every channel of a convolution. */
    @Test
    void aSessionHoldsItsStatesAndNoMore() throws IOException {
        long caches = 2 * 2 * (2 * 32) * 256;
        long convolutions = 4 * 2 * 192 * 2;
        assertThat(json(run("inspect", model, "--json")).path("sessionBytes").asLong()).isEqualTo(caches + convolutions);
    }

    @Test
    void theCacheKeepsWhatItHasAndRepairsWhatIsBroken() throws IOException {
        ModelCache cache = new ModelCache(folder.resolve("cache"));
        ModelSource source = ModelSource.of("cockpit-tiny");
        CompileOptions options = CompileOptions.of(source.path()).withCalibration(oneQuestion).withContext(64);
        Path file = cache.compiled(source, options, Progress.silent());
        byte[] bytes = Files.readAllBytes(file);
        assertThat(cache.compiled(source, options, (step, done, total) -> {
            throw new AssertionError("compiled again: " + step);
        })).isEqualTo(file);
        Files.write(file, Arrays.copyOf(bytes, 100));
        assertThat(cache.compiled(source, options, Progress.silent())).isEqualTo(file).hasBinaryContent(bytes);
        assertThat(List.of(cache.place(source, options), cache.place(source, options.withContext(65)),
                cache.place(source, options.withCalibration(questions)), cache.place(source, options.withRecipe("w8a16"))))
                .doesNotHaveDuplicates().contains(file);
    }

    @Test
    void compareFindsNothingInItsOwnDumpAndNamesAFlippedByte() throws IOException {
        Path dump = folder.resolve("dump");
        Capture written = run("run", model, "--image", SAMPLE, "--ask", "What do you see? And what gear is the car in? How fast is it going?",
                "--quiet", "--dump", dump.toString());
        assertThat(written.code()).as(written.err()).isZero();
        Capture same = run("compare", "--model", model, "--dump", dump.toString());
        assertThat(same.code()).as(same.out() + same.err()).isZero();
        assertThat(same.out()).contains("vision (", "prefill (", "decode (", "No departure");

        JsonNode runs = new JsonMapper().readTree(dump.resolve("index.json").toFile()).path("runs");
        assertThat(runs.findValuesAsText("entry_point")).containsExactly("vision", "prefill", "decode");
        // Nobody reads the logits of the first of the prompt's two chunks but who looks at the dump.
        assertThat(runs.get(1).path("tensors").findValuesAsText("value")).contains("logits");
        JsonNode logits = runs.get(2).path("tensors").findParents("value").stream()
                .filter(t -> t.path("value").asText().equals("logits")).findFirst().orElseThrow();
        Path file = dump.resolve(logits.path("file").asText());
        byte[] bytes = Files.readAllBytes(file);
        bytes[10] ^= 4;
        Files.write(file, bytes);
        Capture other = run("compare", "--model", model, "--dump", dump.toString(), "--json");
        assertThat(other.code()).as(other.err()).isEqualTo(1);
        JsonNode departures = json(other).path("departures");
        assertThat(departures).hasSize(1);
        assertThat(departures.get(0).path("entryPoint").asText()).isEqualTo("decode");
        assertThat(departures.get(0).path("value").asText()).isEqualTo("logits");
        assertThat(departures.get(0).path("maxSteps").asInt()).isEqualTo(4);
        assertThat(departures.get(0).path("explanations")).isEmpty();
    }
}
