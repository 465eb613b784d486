package org.autoneural.ir.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.autoneural.ir.Graph;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Linear;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IrTextTest {
    private static final String EXAMPLE = """
            graph @example integer {
              input %x : s16[3,2] {s16, 0.001, zero 0, observer}
              input %past : s8[1,2] {s8, 0.5, zero -3, tied}
              const %w : s4[2,2] {s4, axis 0, [0.1, 0.25], zero 0, observer} = [1, -2, 7, -7]
              const %bias : s64[2] = [100, -5000000000]
              const %multiplier : s32[2] = [1073741824, 2147483647]
              const %shift : s8[2] = [31, 40]
              %y = linear(%x, %w, %bias, %multiplier, %shift) {integer={accumulator=i48, rounding=single, zeroIn=0, zeroOut=0, min=-32767, max=32767}} : s16[3,2] {s16, 0.002, zero 0, observer} from "model.layers.0.\\"odd\\" name"
              output %y
              output %past
              state %past -> %past
            }
            """;

    @Test
    void roundTrips() {
        Graph graph = IrParser.parse(EXAMPLE);
        assertThat(IrPrinter.print(graph)).isEqualTo(EXAMPLE);
        assertThat(graph.type("w").quant().orElseThrow().scale(1)).isEqualTo(0.25);
        assertThat(graph.nodes().get(0).source()).isEqualTo("model.layers.0.\"odd\" name");
    }

    @Test
    void attributesComeFromRecordComponents() {
        Conv2d conv = new Conv2d(2, 1, List.of(0, 1, 2, 3), 1, 1, 4, org.autoneural.ir.op.Layout.NHWC, java.util.Optional.empty());
        String text = Attributes.print(conv);
        assertThat(text).isEqualTo("{strideH=2, strideW=1, pads=[0,1,2,3], dilationH=1, dilationW=1, groups=4, layout=nhwc}");
        assertThat(Attributes.parse("conv2d", text)).isEqualTo(conv);
        assertThat(Attributes.print(Linear.of())).isEmpty();
        assertThat(Attributes.parse("activation", "{function=gelu_tanh}")).isEqualTo(new Activation(Activation.Function.GELU_TANH));
    }

    @Test
    void commentsAndWhiteSpaceAreFree() {
        Graph graph = IrParser.parse("graph @g float { // nothing\n\n input %x:f32[]\n output %x }");
        assertThat(graph.type("x").shape().elements()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "conv2d  | {}                          | needs the attribute 'strideH'",
        "linear  | {stride=2}                  | has no attribute 'stride'",
        "slice   | {axis=0, axis=1}            | has twice the attribute 'axis'",
        "slice   | {axis=zero}                 | slice.axis must be a number, is 'zero'",
        "frob    | {}                          | unknown op 'frob'",
        "matmul  | {transposeB=maybe}          | matmul.transposeB cannot be 'maybe'",
        "concat  | {axis=1} more               | expected the end",
    })
    void wrongAttributesAreNamed(String op, String attributes, String message) {
        assertThatThrownBy(() -> Attributes.parse(op, attributes)).isInstanceOf(IrSyntaxException.class)
                .hasMessageContaining("line 1, column").hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "graph @g float { %y = linear(%x, %w) : f32[1] }                                 | reads %x, which is not defined",
        "graph @g float { input %x : f99[1] }                                            | unknown element type 'f99'",
        "graph @g float { input %x : f32[-1] }                                           | negative extent",
        "graph @g float { input %x : f32[65536,65536,65536,65536] }                      | overflow",
        "graph @g float { const %x : f32[1000000000] = [1] }                             | cannot stand in the rest",
        "graph @g float { const %x : s4[1] = [8] }                                       | 8 is outside s4",
        "graph @g float { input %x : f32[1] input %x : f32[1] }                          | defined twice",
        "graph @g float { const %x : f32[20] = external }                                | is external",
        "graph @g float { input %x : f32[1] {s8, -1.0, zero 0, rule} }                   | must be positive",
        "graph @g nowhere { }                                                            | found 'nowhere'; allowed: one of [float, quantized, integer]",
        "graph @g float { input %x : f32[1.5] }                                          | expected a whole number, found '1.5'",
        "graph @g float { input %x : f32[1] {s8, 1.0, zero 0.5, rule} }                  | expected a whole number, found '0.5'",
        "graph @g float { input %x : f32[1] {s8, 1.0, zero 0, luck} }                    | found 'luck'; allowed: one of [observer, rule,",
        "graph @g float { const %x : f32[1] = [1] const %x : f32[1] = [2] }              | constant %x is defined twice",
        "graph @g float { output %x }                                                    | output %x is not defined",
        "graph @g float {                                                                | expected a word, found the end",
    })
    void wrongGraphsAreRefused(String text, String message) {
        assertThatThrownBy(() -> IrParser.parse(text)).isInstanceOf(IrSyntaxException.class)
                .message().containsIgnoringCase(message);
    }
}
