package org.autoneural.ir.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AccumulatorTest {
    @Test
    void narrows() {
        assertThat(Accumulator.I32_WRAP.narrow(0x1_8000_0001L)).isEqualTo(Integer.MIN_VALUE + 1L);
        assertThat(Accumulator.I32_SAT.narrow(0x1_8000_0001L)).isEqualTo(Integer.MAX_VALUE);
        assertThat(Accumulator.I32_SAT.narrow(-0x1_8000_0001L)).isEqualTo(Integer.MIN_VALUE);
        assertThat(Accumulator.I48.narrow((1L << 47) - 1)).isEqualTo((1L << 47) - 1);
        assertThat(Accumulator.I48.narrow(-(1L << 47))).isEqualTo(-(1L << 47));
        assertThat(Accumulator.I64.narrow(Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
        assertThat(Accumulator.I48.bits()).isEqualTo(48);
    }

    @Test
    void refusesASumBeyond48Bits() {
        assertThatThrownBy(() -> Accumulator.I48.narrow(1L << 47)).isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("140737488355328").hasMessageContaining("48 bits");
        assertThatThrownBy(() -> Accumulator.I48.narrow(-(1L << 47) - 1)).isInstanceOf(ArithmeticException.class);
    }
}
