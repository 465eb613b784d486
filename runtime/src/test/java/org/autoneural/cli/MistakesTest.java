package org.autoneural.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every mistake of a user gives one clean message and its exit code. */
class MistakesTest {
    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.createDirectory(folder.resolve("empty"));
        Files.writeString(folder.resolve("text.npu"), "not a model");
        Files.writeString(folder.resolve("empty.csv"), "model,precision,ms\n");
        Files.writeString(folder.resolve("bad.jsonl"), "{\"image\": 1}\n");
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(2, "which command? One of [compile, run, eval, inspect, check, bench, estimate, encodings, quantize-report, ablation, compare, compare-encoders, precision-plan, completion]", List.of()),
                Arguments.of(2, "no network 'vgg7'; there are resnet18,", List.of("estimate", "--network", "vgg7")),
                Arguments.of(2, "no latency model for 'toaster'; there are models for [sa8295p]", List.of("estimate", "--network", "vit",
                        "--target", "toaster")),
                Arguments.of(2, "no precision 'w1a1'; there are [fp16, w8a8, w8a16, w4a16]", List.of("estimate", "--network", "vit",
                        "--precision", "w1a1")),
                Arguments.of(2, "--budget is -1.0; allowed: above 0", List.of("estimate", "--network", "vit", "--budget", "-1")),
                Arguments.of(2, "no entry point 'lunch'; there are [prefill, decode]", List.of("estimate", "--network", "lfm2-1.2b", "--entry", "lunch")),
                Arguments.of(2, "go with --network", List.of("estimate", "--model", "@text.npu", "--precision", "w8a8")),
                Arguments.of(2, "Missing required argument (specify one of these)", List.of("estimate")),
                Arguments.of(2, "input size 0 must be 1 to 16384", List.of("estimate", "--network", "vit", "--input-size", "0")),
                Arguments.of(2, "cannot take this input size", List.of("estimate", "--network", "inception_v3", "--input-size", "20")),
                Arguments.of(3, "no row counts", List.of("estimate", "--network", "vit", "--calibrate", "@empty.csv")),
                Arguments.of(3, "line 1: columns are", List.of("estimate", "--network", "vit", "--calibrate", "@bad.jsonl")),
                Arguments.of(3, "there is no folder", List.of("estimate", "--network", "vit", "--html", "@none/x.html")),
                Arguments.of(2, "Unmatched argument at index 0: 'frobnicate'", List.of("frobnicate")),
                Arguments.of(2, "Unknown option: '--frob'", List.of("run", "--frob")),
                Arguments.of(2, "Missing required parameter: 'CHECKPOINT'", List.of("compile")),
                Arguments.of(2, "compile: missing -o FILE", List.of("compile", "cockpit-tiny")),
                Arguments.of(2, "Invalid value for option '--stop-after': expected one of [FLOAT, QUANTIZED, INTEGER]",
                        List.of("compile", "cockpit-tiny", "--stop-after", "lunch")),
                Arguments.of(2, "no target 'toaster'", List.of("compile", "cockpit-tiny", "-o", "@x.npu", "--target", "toaster")),
                Arguments.of(2, "no recipe 'w1a1'", List.of("compile", "cockpit-tiny", "-o", "@x.npu", "--recipe", "w1a1")),
                Arguments.of(3, "there is no recipe file", List.of("compile", "cockpit-tiny", "-o", "@x.npu", "--recipe", "none.json")),
                Arguments.of(3, "does not exist", List.of("compile", "cockpit-tiny", "-o", "@x.npu", "--calibration", "@none.jsonl")),
                Arguments.of(2, "the context of 8 tokens is too short", List.of("compile", "cockpit-tiny", "-o", "@x.npu", "--context", "8")),
                Arguments.of(2, "context is 0; allowed", List.of("compile", "cockpit-tiny", "-o", "@x.npu", "--context", "0")),
                Arguments.of(2, "picture size is -3; allowed",
                        List.of("compile", "cockpit-tiny", "-o", "@x.npu", "--picture-size", "-3")),
                Arguments.of(2, "chunk is 0; allowed", List.of("compile", "cockpit-tiny", "-o", "@x.npu", "--chunk", "0")),
                Arguments.of(3, "there is no folder", List.of("compile", "cockpit-tiny", "-o", "@none/x.npu")),
                Arguments.of(3, "there is no model '", List.of("compile", "@none", "-o", "@x.npu")),
                Arguments.of(3, "a checkpoint is a folder", List.of("compile", "@text.npu", "-o", "@x.npu")),
                Arguments.of(3, "the folder has neither model.safetensors nor", List.of("compile", "@empty", "-o", "@x.npu")),
                Arguments.of(3, "line 1: field image is a JSON number", List.of("compile", "cockpit-tiny", "-o", "@x.npu",
                        "--calibration", "@bad.jsonl")),
                Arguments.of(3, "there is no encodings file", List.of("compile", "cockpit-tiny", "-o", "@x.npu", "--encodings", "@none.json")),
                Arguments.of(3, "QT020 at encodings", List.of("compile", "cockpit-tiny", "-o", "@x.npu", "--encodings", "@text.npu")),
                Arguments.of(2, "--calibrate-missing only matter with --encodings", List.of("compile", "cockpit-tiny", "-o", "@x.npu",
                        "--calibrate-missing")),
                Arguments.of(2, "inspect: 1 files are given; allowed: two with --diff", List.of("inspect", "--diff", "@text.npu")),
                Arguments.of(2, "inspect: --errors goes with --html", List.of("inspect", "@text.npu", "--errors", "@bad.jsonl")),
                Arguments.of(3, "there is no folder", List.of("inspect", "@text.npu", "--html", "@none/page.html")),
                Arguments.of(2, "encodings: which one? One of [export]", List.of("encodings")),
                Arguments.of(2, "no format of encodings 'onnx'; there are [aimet-0.6.1, aimet-1.0, aimet-2.0]",
                        List.of("encodings", "export", "@text.npu", "--format", "onnx")),
                Arguments.of(3, "AR002", List.of("encodings", "export", "@text.npu")),
                Arguments.of(2, "a plan needs a budget", List.of("precision-plan", "cockpit-tiny")),
                Arguments.of(2, "no recipe 'w2'", List.of("precision-plan", "cockpit-tiny", "--recipe", "w2", "--budget-bytes", "1")),
                Arguments.of(2, "--samples is 0", List.of("precision-plan", "cockpit-tiny", "--samples", "0", "--budget-bytes", "1")),
                Arguments.of(2, "--recipe only matters", List.of("encodings", "export", "@text.npu", "--recipe", "w8a8")),
                Arguments.of(3, "there is no folder", List.of("encodings", "export", "@text.npu", "-o", "@none/x.json")),
                Arguments.of(2, "quantize-report: --pictures is 0", List.of("quantize-report", "cockpit-tiny", "--pictures", "0")),
                Arguments.of(3, "there is no folder", List.of("quantize-report", "cockpit-tiny", "--html", "@none/x.html")),
                Arguments.of(3, "a checkpoint is a folder", List.of("quantize-report", "@text.npu")),
                Arguments.of(2, "--questions is 0; allowed: at least 1", List.of("ablation", "cockpit-tiny", "--questions", "0")),
                Arguments.of(3, "there is no folder", List.of("ablation", "cockpit-tiny", "--json", "@none/x.json")),
                Arguments.of(2, "allowed: at least 1, and 0", List.of("compare-encoders", "--questions", "-1")),
                Arguments.of(2, "run: --json needs a question", List.of("run", "--json")),
                Arguments.of(3, "there is no model '", List.of("run", "@none.npu")),
                Arguments.of(3, "AR002", List.of("run", "@text.npu", "--ask", "Hi")),
                Arguments.of(2, "--threads is 0; allowed: 1 to 1024", List.of("run", "@text.npu", "--threads", "0")),
                Arguments.of(2, "Missing required option: '--model=MODEL'", List.of("eval")),
                Arguments.of(2, "eval: missing --qa FILE", List.of("eval", "--model", "@text.npu")),
                Arguments.of(3, "does not exist", List.of("eval", "--model", "cockpit-tiny", "--qa", "@none.jsonl")),
                Arguments.of(3, "no line of split 'dev'", List.of("eval", "--model", "cockpit-tiny", "--split", "dev")),
                Arguments.of(2, "--float needs a checkpoint folder", List.of("eval", "--model", "@text.npu", "--float")),
                Arguments.of(2, "--recipe only matters", List.of("eval", "--model", "cockpit-tiny", "--float", "--recipe", "w8a16")),
                Arguments.of(2, "--min-accuracy is 95.0; allowed: 0 to 1",
                        List.of("eval", "--model", "cockpit-tiny", "--min-accuracy", "95")),
                Arguments.of(3, "AR001", List.of("inspect", "@none.npu")),
                Arguments.of(3, "AR001", List.of("inspect", "@empty")),
                Arguments.of(3, "AR002", List.of("inspect", "@text.npu")),
                Arguments.of(2, "choose one of --text and --json", List.of("inspect", "@text.npu", "--text", "--json")),
                Arguments.of(2, "allowed: at least 0, 0 and 1", List.of("bench", "cockpit-tiny", "--prefill", "-1")),
                Arguments.of(3, "a checkpoint is a folder", List.of("compare-encoders", "@text.npu")),
                Arguments.of(2, "run: --dump needs a question", List.of("run", "@text.npu", "--dump", "@dump")),
                Arguments.of(2, "Missing required options: '--model=FILE', '--dump=DIR'", List.of("compare")),
                Arguments.of(2, "--explain is -1; allowed", List.of("compare", "--model", "@text.npu", "--dump", "@empty", "--explain", "-1")),
                Arguments.of(3, "AR002", List.of("compare", "--model", "@text.npu", "--dump", "@empty")));
    }

    /** An argument that starts with @ is a path in the test's folder. */
    @ParameterizedTest
    @MethodSource("mistakes")
    void isOneCleanMessage(int code, String message, List<String> arguments) {
        Capture run = Capture.run(folder.resolve("cache"), "", arguments.stream()
                .map(a -> a.startsWith("@") ? folder.resolve(a.substring(1)).toString() : a).toList());
        assertThat(run.err()).contains("autoneural: ").contains(message).doesNotContain("\tat ", "Exception");
        assertThat(run.code()).isEqualTo(code);
        assertThat(run.out()).isEmpty();
        assertThat(folder.resolve("x.npu")).doesNotExist();
    }

    @Test
    void stackTraceIsShownWhenAskedFor() {
        Capture run = Capture.run(folder, "inspect", folder.resolve("none.npu").toString(), "--stacktrace");
        assertThat(run.err()).contains("\tat org.autoneural.").contains("autoneural: AR001");
        assertThat(run.code()).isEqualTo(3);
    }

    static Stream<RuntimeException> defects() {
        RuntimeException ofGraph = new IllegalArgumentException("wires crossed");
        ofGraph.setStackTrace(new StackTraceElement[] {new StackTraceElement("org.autoneural.ir.Graph", "type", "Graph.java", 1)});
        return Stream.of(new IllegalStateException("wires crossed"), ofGraph);
    }

    @ParameterizedTest
    @MethodSource("defects")
    void defectsAskForAReport(RuntimeException defect) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Failures.report(defect, new PrintStream(err, true), false);
        assertThat(err.toString()).contains("wires crossed").contains("\tat ").contains("Please report it");
        assertThat(code).isEqualTo(70);
    }
}
