package org.autoneural.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.junit.jupiter.api.Test;

class SharedConstantsTest {
    private final SharedConstants shared = new SharedConstants();
    private final Tensor tensor = Tensor.ofInts(DType.S8, Shape.of(3), 1, -2, 3);

    @Test
    void aFormOfATensorIsMadeOnce() {
        assertThat(shared.ints(tensor)).containsExactly(1, -2, 3).isSameAs(shared.ints(tensor));
        assertThat(shared.shorts(tensor)).containsExactly((short) 1, (short) -2, (short) 3).isSameAs(shared.shorts(tensor));
        assertThat(shared.bytes(tensor)).containsExactly(1, -2, 3).isSameAs(shared.bytes(tensor));
    }

    /** One form can be made of another while it is made. */
    @Test
    void allThatItIsMadeFromTellsAFormFromAnother() {
        int[] twice = shared.of(int[].class, List.of(tensor, 2), () -> new int[] {2 * shared.ints(tensor)[0]});
        assertThat(twice).containsExactly(2);
        assertThat(shared.of(int[].class, List.of(tensor, 3), () -> new int[] {3})).containsExactly(3);
    }

    /** Another tensor may have the same elements. */
    @Test
    void aTensorIsEqualToItselfAlone() {
        Tensor other = Tensor.ofInts(DType.S8, Shape.of(3), 1, -2, 3);
        assertThat(other).isEqualTo(tensor);
        assertThat(shared.ints(other)).isNotSameAs(shared.ints(tensor));
    }
}
