package org.autoneural.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.autoneural.CompiledCockpit;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.docs.Markdown;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.MissingParameterException;

/**
 * Every command in the documentation. Those of {@code autoneural} are run, in this process, on the built-in model; those that take
 * long, or what a test machine has not, are parsed. {@code -Dautoneural.docs.long=true} runs what takes minutes, too. Maven's are held
 * against the poms and the tests.
 */
class DocCommandsTest {
    /** Commands that are only parsed in every build, and why. */
    private static final Map<String, String> NOT_RUN = Map.of(
            "autoneural compile .*", "compiles a model: PipelineTest does, once for all its tests",
            "autoneural (bench|eval|ablation|quantize-report|compare-encoders|precision-plan)( .*)?", "takes seconds to minutes: PipelineTest"
                    + " runs bench, eval and compare-encoders on a few questions, LayerComparisonTest and PrecisionPlanTest what others print",
            "autoneural encodings export cockpit-tiny .*", "quantizes a model: EncodingsRoundTripTest does",
            "autoneural check (DIR/structure|FOLDER) .*", "a model of full size",
            "autoneural check (cockpit-tiny|my-checkpoint) .*", "builds graphs anew: CheckTest does",
            "autoneural .*--ids .*", "the ids are of another model's vocabulary: PipelineTest has a model without a tokenizer");

    private static final String LONG = "autoneural (compile|bench|eval|ablation|quantize-report|precision-plan|encodings export) .*";
    private static final String OUT_OF_REACH = ".*( --target qnn|DIR/|eval --model cockpit-tiny).*";

    /** For commands that are not run. */
    private static final Console QUIET = new Console(InputStream.nullInputStream(), new PrintStream(OutputStream.nullOutputStream()),
            new PrintStream(OutputStream.nullOutputStream()), false, false, false, false, Path.of("none"));

    /** What words in a command stand for: built-in model, picture and questions. */
    private static final Map<String, Path> FILES = Map.of("model.npu", CompiledCockpit.small(), "MODEL", CompiledCockpit.small(),
            "old.npu", CompiledCockpit.small(), "new.npu", CompiledCockpit.small(), "cluster.png", CockpitTiny.samplePicture());

    private static final Pattern OURS = Pattern.compile("(?:[A-Z_]+=\\S+ |/usr/bin/time -v )*(?:runtime/bin/)?(autoneural(?: .*)?)");
    private static final Pattern SUBSTITUTED = Pattern.compile("source <\\((.*)\\)");
    private static final Pattern MAVEN = Pattern.compile("(?:mvn|\\.\\.\\.) (.*)");
    private static final Pattern SOMEWHERE = Pattern.compile("(?!Usage: ).*\\b(mvn|autoneural (" + String.join("|", verbs()) + ")) .*");

    @TempDir
    Path folder;

    /** A command, and where it stands. */
    private record Command(String text, List<String> words, boolean inline, String place) {
        static Command of(String text, boolean inline, String place) {
            return new Command(text, words(text), inline, place);
        }

        /** Words as a shell would make them: quotes group; a comment, a redirection, or two spaces and an explanation end the command. */
        private static List<String> words(String text) {
            List<String> words = new ArrayList<>();
            Matcher word = Pattern.compile("(?:[^\\s\"]|\"[^\"]*\")+|\\s+").matcher(text);
            while (word.find() && !word.group().startsWith("#") && !word.group().equals(">") && !word.group().matches("\\s{2,}")) {
                if (!word.group().isBlank()) {
                    words.add(word.group().replace("\"", ""));
                }
            }
            return words;
        }
    }

    private static Set<String> verbs() {
        return Main.commands(QUIET).getSubcommands().keySet();
    }

    /** Of {@code autoneural}, or of Maven. */
    private static List<Command> commands(boolean maven) {
        List<Command> commands = new ArrayList<>();
        for (Markdown page : Markdown.pages()) {
            for (Markdown.Code code : page.code()) {
                String place = page.file() + ":" + code.line();
                Matcher substituted = SUBSTITUTED.matcher(code.text());
                String text = substituted.find() ? substituted.group(1) : code.text();
                Matcher ours = OURS.matcher(text), mvn = MAVEN.matcher(text);
                if (ours.matches() && !maven) {
                    commands.add(Command.of(ours.group(1), code.inline(), place));
                } else if (mvn.matches() && maven) {
                    commands.add(Command.of(text, code.inline(), place));
                } else if (!ours.matches() && !mvn.matches()) {
                    assertThat(text).as("a command at %s that this test does not see as one", place).doesNotMatch(SOMEWHERE);
                }
            }
        }
        return commands;
    }

    @Test
    void areRun() throws IOException {
        LinkedHashMap<List<String>, Command> runs = new LinkedHashMap<>();
        Set<String> reasons = new TreeSet<>();
        for (Command command : commands(false)) {
            Optional<String> reason = NOT_RUN.keySet().stream().filter(String.join(" ", command.words())::matches).findFirst();
            if (command.words().contains("COMMAND") || reason.isPresent() || mentions(command)) {
                reason.ifPresent(reasons::add);
                parse(command);
            } else {
                runs.putIfAbsent(arguments(command), command);
            }
        }
        assertThat(reasons).as("patterns of commands that are not run").isEqualTo(NOT_RUN.keySet());
        seedCache();
        // Dumps are compared when they are there.
        runs.entrySet().stream().sorted(Comparator.comparing(run -> run.getKey().contains("compare"))).forEach(run -> {
            Capture capture = Capture.run(folder.resolve("cache"), "What do you see?\n", run.getKey());
            assertThat(capture.code()).as("%s at %s: %s", run.getValue().text(), run.getValue().place(), capture.err()).isZero();
        });
    }

    /**
     * Those of {@link #NOT_RUN} that take minutes together, on a checkpoint with three questions: all that compile, measure or plan,
     * but for what needs a vendor's SDK, weights of full size, or all questions of the built-in model.
     */
    @Test
    @EnabledIfSystemProperty(named = "autoneural.docs.long", matches = "true")
    void longOnesAreRun() throws IOException {
        Path checkpoint = littleCheckpoint();
        Files.copy(Markdown.ROOT.resolve("docs").resolve("recipes").resolve("w4a16-mse.json"), folder.resolve("mine.json"));
        LinkedHashMap<List<String>, Command> runs = new LinkedHashMap<>();
        for (Command command : commands(false)) {
            String text = String.join(" ", command.words());
            if (text.matches(LONG) && !text.matches(OUT_OF_REACH) && !mentions(command)) {
                runs.putIfAbsent(longArguments(command, checkpoint), command);
            }
        }
        // What others read is written first.
        runs.entrySet().stream().sorted(Comparator.comparing(run -> !run.getKey().contains("export") && !run.getKey().contains("precision-plan")))
                .forEach(run -> {
                    long start = System.nanoTime();
                    Capture capture = Capture.run(folder.resolve("cache"), "", run.getKey());
                    System.out.printf("%4d s  %s%n", (System.nanoTime() - start) / 1_000_000_000, run.getValue().text());
                    assertThat(capture.code()).as("%s at %s: %s", run.getValue().text(), run.getValue().place(), capture.err()).isZero();
                });
    }

    /** The built-in model with two questions to calibrate on and one to ask. */
    private Path littleCheckpoint() throws IOException {
        Path checkpoint = Files.createDirectories(folder.resolve("little"));
        for (String name : List.of("config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.json",
                "tokenizer_config.json", "model.safetensors")) {
            Files.copy(CockpitTiny.checkpoint().resolve(name), checkpoint.resolve(name));
        }
        String images = CockpitTiny.evalSet().resolveSibling("images").toAbsolutePath() + "/";
        List<String> all = Files.readAllLines(CockpitTiny.evalSet());
        Stream<String> few = Stream.concat(all.stream().filter(line -> line.contains("\"calib\"")).limit(2),
                all.stream().filter(line -> line.contains("test_instr_1000.png")).limit(1));
        Files.write(Files.createDirectory(checkpoint.resolve("eval")).resolve("qa.jsonl"), few.map(line -> line.replace("images/", images)).toList());
        return checkpoint;
    }

    private List<String> longArguments(Command command, Path checkpoint) throws IOException {
        List<String> arguments = new ArrayList<>();
        String before = "";
        for (String word : command.words().subList(1, command.words().size())) {
            if (before.equals("-o")) {
                arguments.add(folder.resolve("written-" + word).toString().replaceAll("written-(.*\\.(json|encodings))$", "$1"));
            } else if (word.matches("cockpit-tiny|my-checkpoint|CHECKPOINT")) {
                arguments.add(checkpoint.toString());
            } else if (word.equals("qa.jsonl")) {
                arguments.add(checkpoint.resolve("eval").resolve(word).toString());
            } else if (word.matches("model\\.npu|MODEL")) {
                arguments.add(CompiledCockpit.byDefault().toString());
            } else if (word.startsWith("docs/")) {
                arguments.add(lastOf(Markdown.ROOT.resolve(word)).toString());
            } else if (word.matches("[\\w-]+\\.(html|json|csv|encodings)|dump")) {
                arguments.add(folder.resolve(word).toString());
            } else {
                arguments.add(word);
            }
            before = word;
        }
        return arguments;
    }

    /** A pattern stands for the last of its files, by name. */
    private static Path lastOf(Path pattern) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(pattern.getParent(), pattern.getFileName().toString())) {
            files.forEach(found::add);
        }
        return found.stream().max(Comparator.naturalOrder()).orElseThrow();
    }

    /** Whether a sentence only names a verb or an option. */
    private static boolean mentions(Command command) {
        return command.inline() && command.words().stream().noneMatch(word -> word.contains(".") || word.equals("MODEL") || word.equals("--help"));
    }

    /** Verb and options exist, and arguments are of their kind; a sentence may leave out arguments. */
    private void parse(Command command) {
        List<String> arguments = command.words().subList(1, command.words().size()).stream().filter(word -> !word.equals("COMMAND")).toList();
        try {
            Main.commands(QUIET).parseArgs(arguments.toArray(new String[0]));
        } catch (MissingParameterException e) {
            assertThat(command.inline()).as("%s at %s: %s", command.text(), command.place(), e.getMessage()).isTrue();
        } catch (RuntimeException e) {
            throw new AssertionError(command.text() + " at " + command.place() + ": " + e.getMessage(), e);
        }
    }

    private List<String> arguments(Command command) {
        List<String> arguments = new ArrayList<>();
        boolean compares = command.words().contains("compare");
        for (String word : command.words().subList(1, command.words().size())) {
            if (FILES.containsKey(word)) {
                arguments.add(FILES.get(word).toString());
            } else if (word.equals("my-checkpoint")) {
                arguments.add("cockpit-tiny");
            } else if (compares && word.matches("dump|DIR|device-dump")) {
                arguments.add(folder.resolve("ours").toString());
            } else if (word.matches("[\\w-]+\\.(html|json|csv|encodings)|dump|DIR|ours")) {
                arguments.add(folder.resolve(word).toString());
            } else {
                arguments.add(word);
            }
        }
        return arguments;
    }

    /** The built-in model as it is compiled at the first use. */
    private void seedCache() throws IOException {
        Path cache = Files.createDirectory(folder.resolve("cache"));
        ModelSource builtIn = ModelSource.of("cockpit-tiny");
        Files.copy(CompiledCockpit.byDefault(), new ModelCache(cache).place(builtIn, builtIn.options(QUIET)));
    }

    /** Modules, profiles, phases and goals, properties, and test classes that Maven's commands name. */
    @Test
    void ofMavenNameWhatIsThere() throws IOException {
        Set<String> poms = new LinkedHashSet<>();
        StringBuilder configuration = new StringBuilder();
        try (Stream<Path> found = Files.find(Markdown.ROOT, 3, (path, facts) -> path.endsWith("pom.xml") && !path.toString().contains("target"))) {
            for (Path pom : found.toList()) {
                poms.add(Markdown.ROOT.relativize(pom.getParent()).toString());
                configuration.append(Files.readString(pom));
            }
        }
        List<Command> commands = commands(true);
        assertThat(commands).hasSizeGreaterThan(20);
        for (Command command : commands) {
            new MavenCommand(poms, configuration.toString()).check(command.words(), command.text() + " at " + command.place());
        }
    }
}
