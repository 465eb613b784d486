package org.autoneural.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.junit.jupiter.api.Test;

class WeightsTest {
    private final Weights weights = Weights.of("test", Map.of("taps", Tensor.zeros(DType.F32, Shape.of(2, 1, 3))));

    @Test
    void axesOfExtentOneDoNotMatter() {
        assertThat(weights.get("taps", Shape.of(2, 3)).shape()).isEqualTo(Shape.of(2, 3));
        assertThat(weights.get("taps", Shape.of(2, 3))).isSameAs(weights.get("taps", Shape.of(2, 3)));
    }

    @Test
    void asManyElementsInAnotherOrderAreRefused() {
        assertThatThrownBy(() -> weights.get("taps", Shape.of(3, 2))).isInstanceOf(ModelException.class)
                .hasMessageContaining("test").hasMessageContaining("tensor taps has shape [2,1,3] where [3,2]");
        assertThatThrownBy(() -> weights.get("taps", Shape.of(6))).hasMessageContaining("[2,1,3] where [6]");
    }
}
