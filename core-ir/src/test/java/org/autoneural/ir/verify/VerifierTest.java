package org.autoneural.ir.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.autoneural.backend.Diagnostic;
import org.autoneural.ir.text.IrParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each code of the verifier is triggered by one small graph. */
class VerifierTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "IR001 | graph @g float { input %x : s16[1] output %x }",
        "IR001 | graph @g integer { input %x : f32[1] output %x }",
        "IR002 | graph @g float { input %x : f32[1] {s16, 1.0, zero 0, rule} output %x }",
        "IR003 | graph @g quantized { input %x : f32[1] output %x }",
        "IR004 | graph @g integer { input %x : s16[1] {s8, 1.0, zero 0, rule} output %x }",
        "IR005 | graph @g quantized { input %x : f32[3] {s8, axis 0, [1.0, 2.0], zero 0, rule} output %x }",
        "IR005 | graph @g quantized { input %x : f32[2] {s8, axis 1, [1.0, 2.0], zero 0, rule} output %x }",
        "IR007 | graph @g integer { input %x : s16[2] %y = clamp(%x) {low=0.0, high=1.0} : s16[2] output %y }",
        "IR008 | graph @g float { input %x : f32[2] %y = add(%x) : f32[2] output %y }",
        "IR008 | graph @g integer { input %x : s16[2] %y = activation(%x) {function=silu} : s16[2] output %y }",
        "IR009 | graph @g float { input %x : f32[2] %y, %z = add(%x, %x) : f32[2], f32[2] output %y }",
        "IR010 | graph @g float { input %x : f32[2] input %i : f32[1] %y = gather(%x, %i) : f32[1] output %y }",
        "IR011 | graph @g float { input %x : f32[2] input %y : f32[3] %z = add(%x, %y) : f32[2] output %z }",
        "IR012 | graph @g float { input %x : f32[2] %y = add(%x, %x) : f32[1,2] output %y }",
        "IR013 | graph @g float { input %x : f32[2] input %s : f32[1] output %x state %s -> %x }",
    })
    void findsEachKindOfIllegalGraph(String code, String text) {
        assertThat(Verifier.verify(IrParser.parse(text))).extracting(Diagnostic::code).contains(code);
    }

    @Test
    void messagesNamePlaceFoundAndAllowed() {
        assertThatThrownBy(() -> Verifier.check(IrParser.parse(
                "graph @vision float { input %x : f32[2] input %y : f32[3] %z = add(%x, %y) : f32[2] from \"blocks.0\" output %z }")))
                .isInstanceOf(VerifyException.class)
                .hasMessageContaining("error IR011 at graph vision, node %z (add) from blocks.0: found a [2] and b [3] must have the same shape");
    }
}
