package org.autoneural.qnn.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.Requantize;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.StagedSum;
import org.autoneural.ir.op.StridedSlice;
import org.autoneural.ir.op.TensorRescale;
import org.autoneural.ir.op.TfliteSoftmax8;
import org.autoneural.ir.op.WindowMean;
import org.autoneural.qnn.table.HtpTable;
import org.autoneural.qnn.table.OpTable;
import org.autoneural.qnn.table.Violation;
import org.junit.jupiter.api.Test;

/** What has no legal form is refused with a reason and a remedy, and nothing else is; no input crashes the mapping. */
class RefusalTest {
    private static Violation only(Graph graph, String op) {
        MappedGraph mapped = GraphMapper.map(graph, OpTable.read(), HtpTable.of("sa8295p"));
        assertThat(mapped.graph()).isEmpty();
        List<Violation> all = new ArrayList<>();
        mapped.nodes().forEach(n -> {
            if (!n.refused().isEmpty()) {
                assertThat(n.op()).isEqualTo(op);
                assertThat(n.becomes()).isEmpty();
            }
            all.addAll(n.refused());
        });
        assertThat(all).hasSize(1);
        assertThat(all.get(0).remedy()).isNotBlank();
        return all.get(0);
    }

    @Test
    void whatReadsARefusedValueIsLookedAtAllTheSame() {
        Violation v = only(MappingCases.graph(b -> {
            b.input("a", MappingCases.s16(0.01, 4));
            b.input("b", MappingCases.s16(0.01, 4));
            StagedSum sum = new StagedSum(false, 8, 1 << 30, 31, 1 << 30, 31, 1 << 30, 40, 0, 0, 0, -32_767, 32_767);
            b.add(Add.staged(sum), List.of("sum"), List.of(MappingCases.s16(0.02, 4)), "", "a", "b");
            b.output(MappingCases.moved(b, Reshape.to(2, 2), "sum", 0.02, 2, 2));
        }), "add");
        assertThat(v.found()).contains("rounds three times");
    }

    @Test
    void activationsOf32Bits() {
        Violation v = only(MappingCases.graph(b -> {
            TensorType wide = new TensorType(DType.S32, Shape.of(4), MappingCases.s16(0.01, 4).quant());
            MappingCases.y(b, new Requantize(new TensorRescale(1 << 30, 31, Rounding.SINGLE, 0, 0, -9, 9)), wide, b.input("x", MappingCases.s16(0.01, 4)));
            b.output("y");
        }), "requantize");
        assertThat(v.allowed()).contains("s8 or s16");
    }

    @Test
    void valuesWithoutEncoding() {
        Violation v = only(MappingCases.graph(b -> {
            b.input("x", TensorType.of(DType.S16, 4));
            b.output(MappingCases.moved(b, Reshape.to(2, 2), "x", 0.02, 2, 2));
        }), "input");
        assertThat(v.found()).contains("without an encoding");
    }

    @Test
    void aBiasBeyond32Bits() {
        Violation v = only(MappingCases.graph(b -> {
            b.input("x", MappingCases.s16(0.01, 2, 3));
            MappingCases.weights(b, "", DType.S8, 4, 3);
            b.constant("far", Tensor.ofLongs(Shape.of(4), 0, 1L << 31, 0, 0));
            ChannelRescale form = new ChannelRescale(Accumulator.I64, Rounding.SINGLE, 0, 0, -32_767, 32_767);
            b.output(MappingCases.y(b, new Linear(Optional.of(form)), MappingCases.s16(0.02, 2, 4), "x", "w", "far", "m", "n"));
        }), "linear");
        assertThat(v.found()).contains("%far").contains("32 bits");
    }

    @Test
    void formsOfImportedModels() {
        assertThat(only(MappingCases.graph(b -> b.output(MappingCases.y(b, AvgPool2d.windowMean(2, 2, 2, 2, new WindowMean(List.of(0, 0, 0, 0), -32_767, 32_767)),
                MappingCases.s16(0.01, 1, 2, 2, 3), b.input("x", MappingCases.s16(0.01, 1, 4, 4, 3))))), "avg_pool2d").remedy()).contains("float");
        assertThat(only(MappingCases.graph(b -> b.output(MappingCases.y(b, new TfliteSoftmax8(1 << 30, 20, -10), MappingCases.s8(0x1p-8, -128, 4),
                b.input("x", MappingCases.s8(0.1, 0, 4))))), "tflite_softmax8").found()).contains("tflite_softmax8");
        assertThat(only(MappingCases.graph(b -> b.output(MappingCases.moved(b, new StridedSlice(0, 3, 2, -1), b.input("x", MappingCases.s16(0.01, 4)), 0.01, 2))),
                "strided_slice").found()).contains("step -1");
    }

    @Test
    void anOutputThatNothingComputes() {
        GraphBuilder b = new GraphBuilder("main", Stage.INTEGER);
        b.output(b.input("x", MappingCases.s16(0.01, 4)));
        assertThat(only(b.build(), "output").found()).contains("%x");
    }
}
