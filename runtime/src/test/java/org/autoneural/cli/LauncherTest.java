package org.autoneural.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
    private static final Path LAUNCHER = Path.of("bin", "autoneural").toAbsolutePath();

    @TempDir
    Path folder;

    private record Result(int code, String text) {}

    private Result launch(Path command, Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/env")), "no POSIX shell here");
        ProcessBuilder builder = new ProcessBuilder(command.toString()).directory(folder.toFile()).redirectErrorStream(true);
        builder.command().addAll(List.of(arguments));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), text);
    }

    @Test
    void runsFromAnyFolderThroughLinks() throws IOException, InterruptedException {
        Path first = Files.createSymbolicLink(folder.resolve("first"), LAUNCHER);
        Path nested = Files.createDirectory(folder.resolve("with space"));
        Path second = Files.createSymbolicLink(nested.resolve("second"), Path.of("..", first.getFileName().toString()));
        Result result = launch(second, Map.of(), "--version");
        assertThat(result.text()).contains("autoneural ").contains("Java " + System.getProperty("java.runtime.version"));
        assertThat(result.code()).isZero();
        // JUnit warns of links that lead out of its folder.
        Files.delete(second);
        Files.delete(first);
    }

    @Test
    void passesOnArgumentsOptionsAndExitCode() throws IOException, InterruptedException {
        Result result = launch(LAUNCHER, Map.of("AUTONEURAL_JAVA_OPTS", "-Xmx64m -Xms8m"), "inspect", "no such file.npu");
        assertThat(result.text()).contains("autoneural: AR001 no such file.npu");
        assertThat(result.code()).isEqualTo(3);
    }

    @Test
    void saysWhenThereIsNoJava() throws IOException, InterruptedException {
        Result result = launch(LAUNCHER, Map.of("JAVA_HOME", folder.toString()), "--version");
        assertThat(result.text()).contains("there is no '" + folder + "/bin/java'; install a JDK");
        assertThat(result.code()).isEqualTo(2);
    }
}
