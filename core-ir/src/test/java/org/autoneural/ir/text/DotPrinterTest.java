package org.autoneural.ir.text;

import org.autoneural.Goldens;
import org.junit.jupiter.api.Test;

class DotPrinterTest {
    @Test
    void nodesAndEdgesOfAGatedProduct() {
        Goldens.check(Goldens.folder("text").resolve("gated.dot"), DotPrinter.print(IrParser.parse("""
                graph @gated float {
                  input %x : f32[3,2]
                  const %w : f32[2,2] = [1.0, 2.0, 3.0, 4.0]
                  %gate = linear(%x, %w) : f32[3,2]
                  %curve = activation(%gate) {function=silu} : f32[3,2]
                  %y = mul(%curve, %x) : f32[3,2]
                  output %y
                }
                """)));
    }
}
