package org.autoneural.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.autoneural.CompiledCockpit;
import org.autoneural.artifact.ArtifactException;
import org.autoneural.runtime.CompiledModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What compiling leaves on the disk, and which files loading refuses. */
class CompileFilesTest {
    private static final byte[] OLD = {'o', 'l', 'd'};

    @TempDir
    Path folder;

    private static CompileReport compile(CompileOptions options, Path output) {
        try (Compiler compiler = new Compiler(options, Progress.silent())) {
            return compiler.compile(output);
        }
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void compilingAgainGivesTheSameBytesAndReplacesAnOldFile() throws IOException {
        Path output = Files.write(folder.resolve("model.npu"), OLD);
        CompileReport report = compile(CompiledCockpit.few(), output);
        assertThat(Files.mismatch(output, CompiledCockpit.small())).as("first byte that differs").isEqualTo(-1);
        assertThat(report.file()).isEqualTo(output);
        assertThat(report.sizeBytes()).isEqualTo(Files.size(output));
        assertThat(left()).containsExactly(output);
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamedBeforeAnyWork() throws IOException {
        List<String> steps = new ArrayList<>();
        try (Compiler compiler = new Compiler(CompiledCockpit.few(), (step, done, total) -> steps.add(step))) {
            Path output = folder.resolve("none").resolve("model.npu");
            assertThatThrownBy(() -> compiler.compile(output)).isInstanceOf(ArtifactException.class)
                    .hasMessageContaining("AR008").hasMessageContaining(output.toString()).hasMessageContaining("a folder that exists");
            assertThatThrownBy(() -> compiler.compile(folder)).isInstanceOf(ArtifactException.class)
                    .hasMessageContaining("AR008").hasMessageContaining("found a folder");
        }
        assertThat(steps).isEmpty();
        assertThat(left()).isEmpty();
    }

    @Test
    void aTargetWhoseLibrariesAreMissingSaysSoAndLeavesNoFile() throws IOException {
        assumeTrue(System.getenv("QNN_SDK_ROOT") == null, "QNN_SDK_ROOT is set");
        assertThatThrownBy(() -> compile(CompiledCockpit.few().withTarget("qnn-sa8295p"), folder.resolve("model.npu")))
                .isInstanceOf(UnsupportedOperationException.class).hasMessageStartingWith(
                        "compiling for qnn-sa8295p is not possible here: libQnnHtp.so of Qualcomm's SDK");
        assertThat(left()).isEmpty();
    }

    @Test
    void aCompilationThatFailsLeavesTheOldFile() throws IOException {
        Path output = Files.write(folder.resolve("model.npu"), OLD);
        CompileOptions options = CompiledCockpit.few().withCalibration(folder.resolve("none.jsonl"));
        assertThatThrownBy(() -> compile(options, output)).isInstanceOf(QaException.class).hasMessageContaining("none.jsonl does not exist");
        assertThat(output).hasBinaryContent(OLD);
        assertThat(left()).containsExactly(output);
    }

    @Test
    void mistakesInTheOptionsAreFoundBeforeAnyWork() throws IOException {
        Path output = Files.write(folder.resolve("model.npu"), OLD);
        assertThatThrownBy(() -> compile(CompiledCockpit.few().withTarget("none"), output))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no target 'none'").hasMessageContaining("sim");
        assertThatThrownBy(() -> compile(CompiledCockpit.few().withRecipe("w3"), output))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("w3").hasMessageContaining("w8a16-w4a16");
        assertThat(output).hasBinaryContent(OLD);
        assertThat(left()).containsExactly(output);
    }

    @Test
    void aFileThatWasCutOffIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(CompiledCockpit.small());
        long seed = 5;
        System.out.println("seed " + seed);
        List<Integer> sizes = new ArrayList<>(List.of(0, 1, 7, 63, 64, whole.length / 2, whole.length - 1));
        new Random(seed).ints(8, 0, whole.length).forEach(sizes::add);
        Path cut = folder.resolve("model.npu");
        for (int size : sizes) {
            Files.write(cut, Arrays.copyOf(whole, size));
            assertThatThrownBy(() -> CompiledModel.load(cut)).as("%d of %d bytes", size, whole.length)
                    .isInstanceOf(ArtifactException.class).hasMessageContaining(cut.toString())
                    .hasMessageContaining("found").hasMessageContaining("allowed");
        }
    }

    @Test
    void aFileWithAChangedByteIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(CompiledCockpit.small());
        long seed = 6;
        System.out.println("seed " + seed);
        Path changed = folder.resolve("model.npu");
        // Bytes between the segments are padding, which has no meaning; the last kilobytes are weights.
        for (int at : new Random(seed).ints(8, whole.length - 4096, whole.length - 64).toArray()) {
            byte[] bytes = whole.clone();
            bytes[at] ^= 0x10;
            Files.write(changed, bytes);
            assertThatThrownBy(() -> CompiledModel.load(changed)).as("byte %d", at).isInstanceOf(ArtifactException.class)
                    .hasMessageContaining(changed.toString());
        }
    }

    @Test
    void whatIsNoModelIsRefused() throws IOException {
        Path foreign = Files.writeString(folder.resolve("model.npu"), "PK\u0003\u0004 and some more text, longer than any header.".repeat(40));
        assertThatThrownBy(() -> CompiledModel.load(foreign)).isInstanceOf(ArtifactException.class).hasMessageContaining("AR002");
        assertThatThrownBy(() -> CompiledModel.load(folder)).isInstanceOf(ArtifactException.class).hasMessageContaining("a folder");
        assertThatThrownBy(() -> CompiledModel.load(folder.resolve("none.npu"))).isInstanceOf(ArtifactException.class)
                .hasMessageContaining("no such file");
    }
}
