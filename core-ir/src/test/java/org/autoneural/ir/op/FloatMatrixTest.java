package org.autoneural.ir.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A row of a float linear comes out the same, bit for bit, alone or among many: chunk sizes do not change floats. */
class FloatMatrixTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "5, 3", "192, 512", "513, 7", "8, 64"})
    void aRowDoesNotDependOnItsCompany(int inputs, int outputs) {
        Random random = new Random(31L * inputs + outputs);
        int rows = 20;
        Tensor x = random(random, rows, inputs);
        Tensor w = random(random, outputs, inputs);
        Tensor bias = random(random, outputs);
        float[] together = linear(x, w, bias);
        for (int row = 0; row < rows; row++) {
            Tensor one = Tensor.ofFloats(Shape.of(1, inputs), Arrays.copyOfRange(x.toFloats(), row * inputs, (row + 1) * inputs));
            assertThat(linear(one, w, bias)).isEqualTo(Arrays.copyOfRange(together, row * outputs, (row + 1) * outputs));
        }
    }

    private static float[] linear(Tensor x, Tensor w, Tensor bias) {
        Tensor y = Tensor.ofFloats(x.shape().with(1, w.shape().dim(0)), new float[x.shape().dim(0) * w.shape().dim(0)]);
        Linear.of().evaluate(List.of(x, w, bias), List.of(y));
        return y.toFloats();
    }

    private static Tensor random(Random random, int... dims) {
        float[] values = new float[(int) Shape.of(dims).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.ofFloats(Shape.of(dims), values);
    }
}
