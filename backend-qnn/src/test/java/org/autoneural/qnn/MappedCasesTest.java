package org.autoneural.qnn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.qnn.map.MappingCases;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All that the mapping makes is taken by the test double, whose rules were written apart from the mapping's tables, and runs. What only
 * moves data gives the integers of the interpreter.
 */
@EnabledOnOs(OS.LINUX)
class MappedCasesTest {
    private static final long SEED = 20261125;
    private static final Set<String> MOVEMENTS = Set.of("select_rows", "last_row", "kv_append", "kv_append, one token", "reshape", "transpose", "slice",
            "strided_slice", "concat", "pad", "max_pool2d", "resize_nearest");

    static Stream<String> cases() {
        return MappingCases.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isTakenAndRuns(String title) {
        Graph graph = MappingCases.named(title);
        Program program = new Program(List.of(graph));
        DoubleBackend backend = new DoubleBackend();
        Random random = new Random(SEED);
        try (QnnExecutable executable = backend.load(backend.compile(program)); ExecutionContext context = executable.newContext()) {
            Map<String, Tensor> inputs = new HashMap<>();
            for (String input : graph.inputs()) {
                boolean state = context.states().contains(input);
                TensorBuffer buffer = state ? context.state(input) : context.input(graph.name(), input);
                for (int i = 0; i < buffer.elements(); i++) {
                    buffer.set(i, switch (input) {
                        case "pos" -> 1;
                        case "n_valid", "valid" -> 2;
                        case "ids" -> random.nextInt(3);
                        case "mask" -> random.nextInt(2);
                        default -> buffer.dtype().min() + 1 + random.nextInt((int) (buffer.dtype().max() - buffer.dtype().min()));
                    });
                }
                inputs.put(input, Tensor.copyOf(buffer));
            }
            context.run(graph.name());
            if (MOVEMENTS.contains(title)) {
                Map<String, Tensor> expected = new IntegerInterpreter().run(graph, inputs);
                for (String output : graph.outputs()) {
                    assertThat(Tensor.copyOf(context.output(graph.name(), output)).toInts()).as(title + ", seed " + SEED)
                            .isEqualTo(expected.get(output).toInts());
                }
            }
        }
        assertThat(TestDouble.live()).isZero();
    }
}
