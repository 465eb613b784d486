package org.autoneural.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code autoneural compile} in a process of its own that is ended half-way, or that the system refuses room on the disk: what was there
 * stays, nothing else is left. (core-ir's ArtifactWriterProcessTest does the same in the middle of the model file.)
 */
class EndedProcessTest {
    private static final String BEFORE = "an earlier file";

    @TempDir
    Path folder;
    private Path file;

    @BeforeEach
    void anEarlierFile() throws IOException {
        assumeTrue(File.separatorChar == '/', "signals and ulimit need a POSIX system");
        file = folder.resolve("model.npu");
        Files.writeString(file, BEFORE);
    }

    @Test
    void ctrlCSaysSoAndLeavesTheOldFile() throws Exception {
        assumeTrue(!interruptIsIgnored(), "shells start programs in the background with SIGINT ignored, and these pass that on");
        Process process = compile("exec \"$@\"", "-o", file.toString());
        List<String> lines = new ArrayList<>();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            awaitCalibration(output);
            assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor()).isZero();
            output.lines().forEach(lines::add);
        }
        assertThat(lines).last().isEqualTo("autoneural: interrupted; no unfinished file is left behind");
        assertThat(lines).noneMatch(line -> line.contains("Exception"));
        assertThat(process.waitFor()).isEqualTo(130);
        assertUntouched();
    }

    @Test
    void aKillLeavesTheOldFile() throws Exception {
        Process process = compile("exec \"$@\"", "-o", file.toString());
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            awaitCalibration(output);
            process.destroyForcibly();
        }
        process.waitFor();
        assertUntouched();
    }

    @Test
    void aFullDiskIsSaidInOneLineAndLeavesTheOldFile() throws Exception {
        // At most 64 KiB in a file (units of 512 bytes): the system fails the write as it does on a full disk.
        Process process = compile("ulimit -f 128 && exec \"$@\"", "--stop-after", "float", "-o", file.toString());
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.lines().toList()).last().asString().startsWith("autoneural: cannot write " + file + ": ")
                    .endsWith("; make room, or name another place");
        }
        assertThat(process.waitFor()).isEqualTo(ExitCode.BAD_INPUT);
        assertUntouched();
    }

    /** As Linux tells; elsewhere it is taken to be heard. */
    private static boolean interruptIsIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        String mask = Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:")).findFirst().orElse("SigIgn: 0");
        int interrupt = 2;
        return (Long.parseUnsignedLong(mask.substring("SigIgn:".length()).strip(), 16) >> interrupt - 1 & 1) != 0;
    }

    /** Reads up to the first finished step. */
    private static void awaitCalibration(BufferedReader output) throws IOException {
        String line = output.readLine();
        while (line != null && !line.startsWith("checking the weights")) {
            line = output.readLine();
        }
        assertThat(line).as("the compiler's first step").isNotNull();
    }

    private static Process compile(String script, String... arguments) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-cp",
                classPath, Main.class.getName(), "compile", "cockpit-tiny"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private void assertUntouched() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
        assertThat(file).hasContent(BEFORE);
    }
}
