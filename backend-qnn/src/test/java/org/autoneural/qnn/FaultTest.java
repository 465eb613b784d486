package org.autoneural.qnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.autoneural.artifact.Artifact;
import org.autoneural.artifact.ArtifactContent;
import org.autoneural.artifact.ArtifactWriter;
import org.autoneural.backend.CompiledProgram;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.ir.Program;
import org.autoneural.qnn.binding.QnnException;
import org.autoneural.qnn.binding.ShimObjects;
import org.autoneural.qnn.map.MappingCases;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Every call of the libraries fails once, at its first and at its last place, on the way from a program to a run and back. */
@EnabledOnOs(OS.LINUX)
class FaultTest {
    private static final int ROUNDS = 1000;
    private static final int WARM_UP = 500;
    private static final int COMPILED_EVERY = 5;
    private static final long PAGE_BYTES = 4096;
    /** A leak of 32 KB a round would show; smaller ones are left to the counts of live objects. */
    private static final long GROWTH_BYTES = 16 << 20;
    private final Program program = new Program(List.of(MappingCases.named("conv2d")));

    @AfterEach
    void clear() {
        TestDouble.fault(-1, 0);
        assertThat(TestDouble.live()).isZero();
        assertThat(ShimObjects.live()).isZero();
    }

    /** Compiles, with a recording, to a file; loads it, runs it once with measurements, and closes everything. */
    private void wholeWay(Path folder) {
        DoubleBackend backend = new DoubleBackend().set("record", folder.resolve("record")).trace(folder.resolve("trace.json"));
        Path file = folder.resolve("model.npu");
        ArtifactWriter.write(file, ArtifactContent.of(backend.compile(program), Map.of(), Map.of()));
        try (Artifact artifact = Artifact.open(file); QnnExecutable executable = backend.load(artifact.compiled());
                ExecutionContext context = executable.newContext()) {
            context.run(program.entryPoints().get(0).name());
        }
    }

    @Test
    void everyCallThatFailsIsReportedAndLeavesNothing(@TempDir Path folder) throws IOException {
        List<String> functions = TestDouble.functions();
        long[] before = functions.stream().mapToLong(f -> TestDouble.count(functions.indexOf(f))).toArray();
        wholeWay(folder);
        long[] after = functions.stream().mapToLong(f -> TestDouble.count(functions.indexOf(f))).toArray();
        List<String> table = new ArrayList<>();
        for (int call = 0; call < functions.size(); call++) {
            long calls = after[call] - before[call];
            assertThat(calls).as("calls of " + functions.get(call)).isPositive();
            for (long skipped : calls == 1 ? new long[] {0} : new long[] {0, calls - 1}) {
                table.add(failsOnce(folder, functions.get(call), call, skipped));
            }
        }
        System.out.println(String.join("\n", table));
    }

    private String failsOnce(Path parent, String function, int call, long after) throws IOException {
        Path folder = Files.createTempDirectory(parent, "fault");
        List<String> temporary = temporaryFiles();
        TestDouble.fault(call, after);
        QnnException[] caught = new QnnException[1];
        assertThatThrownBy(() -> wholeWay(folder)).as(function + " after " + after).isInstanceOfSatisfying(QnnException.class, e -> caught[0] = e);
        assertThat(caught[0].call()).isEqualTo(function);
        assertThat(caught[0].number()).isEqualTo(TestDouble.faultCode(call));
        assertThat(caught[0].component()).isNotIn("unknown", "shim");
        assertThat(caught[0].getMessage()).contains(function).contains(String.valueOf(caught[0].number()));
        assertThat(TestDouble.live()).as("objects of the library after " + function).isZero();
        assertThat(ShimObjects.live()).as("objects of the shim after " + function).isZero();
        assertThat(temporaryFiles()).isEqualTo(temporary);
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names = files.map(p -> p.getFileName().toString()).toList();
            assertThat(names).as("files after " + function).isSubsetOf("model.npu", "record", "trace.json");
            if (names.contains("model.npu")) {
                try (Artifact artifact = Artifact.open(folder.resolve("model.npu"))) {
                    artifact.verify();
                }
            }
            return String.format("%-28s call %d: %s error %d; model.npu %s", function, after + 1, caught[0].component(), caught[0].number(),
                    names.contains("model.npu") ? "whole" : "not there");
        }
    }

    /** Of this process: others may run the same test at the same time. */
    private static List<String> temporaryFiles() throws IOException {
        String mine = "autoneural-context-" + ProcessHandle.current().pid() + "-";
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.map(Path::toString).filter(n -> n.contains(mine)).sorted().toList();
        }
    }

    @Test
    void aThousandRoundsLeakNothing() throws IOException {
        DoubleBackend backend = new DoubleBackend();
        CompiledProgram compiled = backend.compile(program);
        long warm = 0;
        for (int round = 0; round < ROUNDS; round++) {
            if (round == WARM_UP) {
                warm = residentBytes();
            }
            if (round % 100 == 0) {
                // The files of context binaries are unmapped when their buffers are collected.
                System.gc();
            }
            if (round % COMPILED_EVERY == 0) {
                compiled = backend.compile(program);
            }
            try (QnnExecutable executable = backend.load(compiled); ExecutionContext context = executable.newContext()) {
                context.run(program.entryPoints().get(0).name());
            }
        }
        assertThat(TestDouble.live()).isZero();
        assertThat(ShimObjects.live()).isZero();
        long grown = residentBytes() - warm;
        System.out.println("rounds " + WARM_UP + " to " + ROUNDS + ": resident memory grew by " + grown + " bytes");
        assertThat(grown).isLessThan(GROWTH_BYTES);
    }

    private static long residentBytes() throws IOException {
        System.gc();
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * PAGE_BYTES;
    }
}
