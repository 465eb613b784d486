package org.autoneural.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer in a JVM of its own that is ended, or that the system refuses more bytes, in the middle of the file. */
class ArtifactWriterProcessTest {
    @TempDir
    Path folder;
    private Path file;
    private byte[] before;

    /** Arguments: the file, then {@code block} to stop forever in the middle, or {@code fill} to write 4 MiB. */
    static final class Writer {
        public static void main(String[] args) {
            boolean block = args[1].equals("block");
            ArtifactContent content = ArtifactRoundTripTest.content(ArtifactRoundTripTest.constants("c", new Slow(block)));
            try {
                ArtifactWriter.write(Path.of(args[0]), content);
                System.out.println("written");
            } catch (ArtifactException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private record Slow(boolean block) implements TensorData {
        @Override
        public DType dtype() {
            return DType.S32;
        }

        @Override
        public Shape shape() {
            return Shape.of(1 << 20);
        }

        @Override
        public float getFloat(long index) {
            return getLong(index);
        }

        @Override
        public long getLong(long index) {
            if (block && index == 1 << 19) {
                System.out.println("in the middle");
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return index;
        }
    }

    @BeforeEach
    void anEarlierFile() throws IOException {
        assumeTrue(File.separatorChar == '/', "signals and ulimit need a POSIX system");
        file = folder.resolve("model.npu");
        ArtifactWriter.write(file, Programs.content(Programs.small()));
        before = Files.readAllBytes(file);
    }

    @Test
    void anEndedProcessLeavesTheOldFile() throws Exception {
        Process writer = start("exec \"$@\"", "block");
        try (BufferedReader output = output(writer)) {
            assertThat(output.readLine()).isEqualTo("in the middle");
            assertThat(Programs.filesIn(folder)).hasSize(2);
        } finally {
            writer.destroy();
        }
        writer.waitFor();
        assertUntouched();
    }

    /** Nobody can clean up after a kill: the next writer does, and leaves alone what another one is writing. */
    @Test
    void aKilledProcessLeavesTheOldFileAndTheNextWriterCleansUp() throws Exception {
        Process killed = start("exec \"$@\"", "block");
        try (BufferedReader output = output(killed)) {
            assertThat(output.readLine()).isEqualTo("in the middle");
        } finally {
            killed.destroyForcibly();
        }
        killed.waitFor();
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(Programs.filesIn(folder)).hasSize(2);
        Process other = start("exec \"$@\"", "block");
        try (BufferedReader output = output(other)) {
            assertThat(output.readLine()).isEqualTo("in the middle");
            assertThat(Programs.filesIn(folder)).as("without the killed one's, with the other one's").hasSize(2);
            ArtifactWriter.write(file, Programs.content(Programs.small()));
            assertThat(Programs.filesIn(folder)).hasSize(2);
        } finally {
            other.destroy();
        }
        other.waitFor();
        assertUntouched();
    }

    @Test
    void aRefusedWriteLeavesTheOldFile() throws Exception {
        // At most 1 MiB in a file (units of 512 bytes): the system fails the write as it does on a full disk.
        Process writer = start("ulimit -f 2048 && exec \"$@\"", "fill");
        try (BufferedReader output = output(writer)) {
            assertThat(output.readLine()).startsWith("AR008 " + file + ": found while writing: ");
        }
        assertThat(writer.waitFor()).isZero();
        assertUntouched();
    }

    private Process start(String script, String mode) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder("sh", "-c", script, "sh", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData", "-cp", classPath, Writer.class.getName(), file.toString(), mode).redirectErrorStream(true).start();
    }

    private static BufferedReader output(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private void assertUntouched() throws IOException {
        assertThat(Programs.filesIn(folder)).containsExactly(file);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }
}
