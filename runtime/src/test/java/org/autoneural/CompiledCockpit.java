package org.autoneural;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.Compiler;
import org.autoneural.docs.AskACluster;

/** The built-in model compiled for tests: each file is made once a run of the module's tests, when the first test asks for it. */
public final class CompiledCockpit {
    private static final Path FOLDER = Path.of("target", "test-models");

    private CompiledCockpit() {}

    /** As users compile it: recipe w8a16-w4a16, calibrated on the whole split {@code calib}. */
    public static Path byDefault() {
        return ByDefault.FILE;
    }

    /** 8-bit weights throughout, calibrated on the whole split {@code calib}. */
    public static Path w8a16() {
        return W8a16.FILE;
    }

    /** {@link #few()} compiled: context of 96 tokens, chunks of 16. */
    public static Path small() {
        return Small.FILE;
    }

    /** Options that compile in seconds: calibrated on eight questions, context of 96 tokens, chunks of 16. */
    public static CompileOptions few() {
        return CompileOptions.of(CockpitTiny.checkpoint()).withCalibration(Few.FILE).withContext(96).withChunk(16);
    }

    /** What the README's program printed when it made {@link #byDefault()}. */
    public static String readmeAnswers() {
        return ByDefault.ANSWERS;
    }

    /** Made by the README's program, so that it is run without compiling anything for it alone. */
    private static final class ByDefault {
        static final Path FILE = FOLDER.resolve("default.npu");
        static final String ANSWERS = answers();

        private static String answers() {
            PrintStream out = System.out;
            ByteArrayOutputStream answers = new ByteArrayOutputStream();
            try {
                Files.createDirectories(FOLDER);
                System.setOut(new PrintStream(answers, true, StandardCharsets.UTF_8));
                AskACluster.main(new String[] {CockpitTiny.checkpoint().toString(), FILE.toString(), CockpitTiny.samplePicture().toString()});
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                System.setOut(out);
            }
            return answers.toString(StandardCharsets.UTF_8);
        }
    }

    private static final class W8a16 {
        static final Path FILE = compile("w8a16.npu", CompileOptions.of(CockpitTiny.checkpoint()).withRecipe("w8a16"));
    }

    private static final class Small {
        static final Path FILE = compile("small.npu", few());
    }

    private static final class Few {
        static final Path FILE = write();

        /** Every twelfth line of split calib, so that all kinds occur; pictures by absolute path. */
        private static Path write() {
            try {
                String images = CockpitTiny.evalSet().resolveSibling("images").toAbsolutePath() + "/";
                List<String> calib = Files.readAllLines(CockpitTiny.evalSet()).stream()
                        .filter(line -> line.contains("\"split\": \"calib\"")).toList();
                List<String> few = new ArrayList<>();
                for (int i = 0; i < calib.size(); i += 12) {
                    few.add(calib.get(i).replace("images/", images));
                }
                return Files.write(Files.createDirectories(FOLDER).resolve("few.jsonl"), few);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Path compile(String name, CompileOptions options) {
        long start = System.nanoTime();
        try {
            Path file = Files.createDirectories(FOLDER).resolve(name);
            Compiler.compile(options, file);
            System.out.printf("compiled %s in %d s%n", name, (System.nanoTime() - start) / 1_000_000_000);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
