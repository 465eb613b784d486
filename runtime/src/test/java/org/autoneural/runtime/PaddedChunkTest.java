package org.autoneural.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.autoneural.CompiledCockpit;
import org.autoneural.Goldens;
import org.autoneural.artifact.Artifact;
import org.autoneural.backend.Backends;
import org.autoneural.backend.Executable;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.sim.plan.PaddingRows;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Chunks of the compiled built-in model of which some rows are padding that holds anything. */
class PaddedChunkTest {
    private static Artifact artifact;
    private static Graph prefill;

    @BeforeAll
    static void open() {
        artifact = Artifact.open(CompiledCockpit.small());
        prefill = artifact.program().entryPoint("prefill");
    }

    @AfterAll
    static void close() {
        artifact.close();
    }

    @Test
    void theValuesWhosePaddingIsNotComputed() {
        Goldens.check(Goldens.folder("e2e").resolve("padding-rows.txt"), PaddingRows.of(prefill).orElseThrow().text());
    }

    /** Random states, ids and features in all rows, by which a padding row that counted would show. */
    @Test
    void whateverPaddingHoldsAllKernelsEqualTheInterpreter() {
        Random random = new Random(5);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        prefill.inputs().forEach(name -> inputs.put(name, random(name, random)));
        inputs.put("pos", Tensor.index(7));
        int chunk = prefill.type("ids").shape().dim(0);
        Backends.Choice sim = Backends.target("sim");
        Map<String, Executable> executables = new LinkedHashMap<>();
        try {
            for (String kernels : List.of("scalar", "vector", "native")) {
                executables.put(kernels, sim.backend().load(artifact.compiled(), sim.target(), new ExecutionOptions(2, kernels)));
            }
            for (int valid : new int[] {3, 1, chunk - 1, chunk}) {
                inputs.put("n_valid", Tensor.index(valid));
                Map<String, Tensor> expected = new IntegerInterpreter().run(prefill, inputs);
                executables.forEach((kernels, executable) -> equal(executable, inputs, expected, kernels + ", " + valid + " rows"));
            }
        } finally {
            executables.values().forEach(Executable::close);
        }
    }

    private static Tensor random(String name, Random random) {
        Tensor tensor = Tensor.zeros(prefill.type(name).dtype(), prefill.type(name).shape());
        int vocabulary = prefill.type("logits").shape().dim(-1);
        for (int i = 0; i < tensor.elements(); i++) {
            tensor.setLong(i, switch (tensor.dtype()) {
                case U8 -> random.nextInt(2);
                case S32 -> random.nextInt(vocabulary);
                case S8 -> random.nextInt(255) - 127;
                default -> random.nextInt(4001) - 2000;
            });
        }
        return tensor;
    }

    private static void equal(Executable executable, Map<String, Tensor> inputs, Map<String, Tensor> expected, String what) {
        try (ExecutionContext run = executable.newContext(); ExecutionContext advance = executable.newContext()) {
            fill(run, inputs);
            run.run("prefill");
            fill(advance, inputs);
            advance.advance("prefill");
            assertThat(Tensor.copyOf(run.output("prefill", "logits"))).as("%s, logits", what).isEqualTo(expected.get("logits"));
            prefill.states().forEach(s -> {
                assertThat(Tensor.copyOf(run.state(s.input()))).as("%s, %s", what, s.input()).isEqualTo(expected.get(s.output()));
                assertThat(Tensor.copyOf(advance.state(s.input()))).as("%s, %s after a run for the states", what, s.input())
                        .isEqualTo(expected.get(s.output()));
            });
        }
    }

    private static void fill(ExecutionContext context, Map<String, Tensor> inputs) {
        inputs.forEach((name, tensor) -> {
            TensorBuffer buffer = context.states().contains(name) ? context.state(name) : context.input("prefill", name);
            for (int i = 0; i < tensor.elements(); i++) {
                buffer.set(i, tensor.getLong(i));
            }
        });
    }
}
