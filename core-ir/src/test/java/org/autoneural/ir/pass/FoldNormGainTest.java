package org.autoneural.ir.pass;

import static org.assertj.core.api.Assertions.assertThat;

import org.autoneural.ir.Graph;
import org.autoneural.ir.text.IrParser;
import org.junit.jupiter.api.Test;

class FoldNormGainTest {
    @Test
    void aDepthwiseConvolutionWithTwoFiltersAChannelKeepsTheNormBeforeIt() {
        Graph graph = IrParser.parse("""
                graph @g float {
                  input %x : f32[1,2,1,1]
                  const %gain : f32[2] = [2.0, 3.0]
                  const %w : f32[4,1,1,1] = [1.0, 2.0, 3.0, 4.0]
                  %n = rms_norm(%x, %gain) {epsilon=1.0E-6, axis=1} : f32[1,2,1,1]
                  %y = conv2d(%n, %w) {strideH=1, strideW=1, pads=[0,0,0,0], dilationH=1, dilationW=1, groups=2, layout=nchw} : f32[1,4,1,1]
                  output %y
                }
                """);
        assertThat(new FoldNormGain().run(graph)).isSameAs(graph);
    }
}
