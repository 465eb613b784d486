package org.autoneural.quantizer.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CholeskyTest {
    /** Below, at and above the blocks' size, with last blocks of all lengths modulo 4. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 63, 64, 65, 130, 195})
    void theFactorTimesItsTransposeIsTheMatrixAndItsInverseInvertsIt(int n) {
        double[] matrix = moments(n, 7 + n);
        double[] factor = matrix.clone();
        Cholesky.factor(factor, n);
        double[] inverse = factor.clone();
        Cholesky.invertLower(inverse, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double product = 0;
                double unit = 0;
                for (int k = 0; k <= i; k++) {
                    product += k <= j ? factor[i * n + k] * factor[j * n + k] : 0;
                    unit += k >= j ? factor[i * n + k] * inverse[k * n + j] : 0;
                }
                assertThat(product).as("n %d, L L^T [%d, %d]", n, i, j).isCloseTo(matrix[i * n + j], within(1e-11 * n));
                assertThat(unit).as("n %d, L L^-1 [%d, %d]", n, i, j).isCloseTo(i == j ? 1 : 0, within(1e-10));
            }
        }
    }

    @Test
    void aMatrixThatIsNotPositiveDefiniteIsNamed() {
        double[] matrix = moments(70, 3);
        matrix[66 * 70 + 66] = 0;
        assertThatThrownBy(() -> Cholesky.factor(matrix, 70)).isInstanceOf(ArithmeticException.class).hasMessageContaining("at input 66");
    }

    /** Mean of {@code x x^T} over 3 n random rows, symmetric. */
    private static double[] moments(int n, long seed) {
        Random random = new Random(seed);
        double[] sum = new double[n * n];
        for (int r = 0; r < 3 * n; r++) {
            double[] x = random.doubles(n, -1, 1).toArray();
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    sum[i * n + j] += x[i] * x[j] / (3 * n);
                }
            }
        }
        for (int i = 0; i < n; i++) {
            sum[i * n + i] += 0.01;
        }
        return sum;
    }
}
