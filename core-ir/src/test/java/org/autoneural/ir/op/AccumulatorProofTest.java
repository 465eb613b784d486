package org.autoneural.ir.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.math.Accumulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccumulatorProofTest {
    /** No choice of activations leaves the bound, and the worst choice reaches its magnitude. */
    @Test
    void boundIsSafeAndTight() {
        long seed = 7;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            DType type = round % 2 == 0 ? DType.S8 : DType.S16;
            int zero = type == DType.S8 ? random.nextInt(-128, 128) : 0;
            int channels = 1 + random.nextInt(5), k = 1 + random.nextInt(40);
            Tensor w = Tensor.zeros(DType.S8, Shape.of(channels, k)), bias = Tensor.zeros(DType.S32, Shape.of(channels));
            BigInteger worst = BigInteger.ZERO;
            int worstChannel = 0;
            // The end of the type that lies farther from the zero point.
            long far = type.max() - zero >= zero - type.min() ? type.max() - zero : type.min() - zero;
            for (int o = 0; o < channels; o++) {
                bias.setLong(o, random.nextInt());
                long sum = Math.abs(bias.getLong(o));
                for (int i = 0; i < k; i++) {
                    w.setLong(o * k + i, random.nextInt(-128, 128));
                    // Each activation at the end that pushes the sum the same way.
                    sum += Math.abs(far * w.getLong(o * k + i));
                }
                if (BigInteger.valueOf(sum).compareTo(worst) > 0) {
                    worst = BigInteger.valueOf(sum);
                    worstChannel = o;
                }
            }
            AccumulatorProof proof = AccumulatorProof.of(type, zero, w, Optional.of(bias));
            assertThat(proof.bound()).as("seed %d, round %d", seed, round).isEqualTo(worst);
            assertThat(proof.channel()).isEqualTo(worstChannel);
            assertThat(proof.bits()).isEqualTo(worst.bitLength() + 1);
        }
    }

    /** What the types alone allow is never less than what the weights give, and the greatest weights reach it. */
    @Test
    void theBoundByTypesHoldsForAllWeights() {
        Tensor bias = Tensor.ofInts(DType.S32, Shape.of(2), -70, 30);
        Tensor greatest = Tensor.ofInts(DType.S8, Shape.of(2, 3), -128, -128, -128, 127, 0, 1);
        assertThat(AccumulatorProof.ofTypes(DType.S16, 0, DType.S8, 3, bias).bound()).isEqualTo(BigInteger.valueOf(32_768L * 128 * 3 + 70))
                .isEqualTo(AccumulatorProof.of(DType.S16, 0, greatest, Optional.of(bias)).bound());
        assertThat(AccumulatorProof.ofTypes(DType.S8, -100, DType.S4, 5, bias).bound()).isEqualTo(BigInteger.valueOf(227L * 8 * 5 + 70));
    }

    @ParameterizedTest
    @CsvSource({"2147483647, 32, I32_WRAP", "2147483648, 33, I48", "140737488355327, 48, I48", "140737488355328, 49, I64",
        "9223372036854775807, 64, I64", "0, 1, I32_WRAP"})
    void edgesOfTheRegisters(long bias, int bits, Accumulator narrowest) {
        AccumulatorProof proof = AccumulatorProof.of(DType.S8, 0, Tensor.zeros(DType.S8, Shape.of(1, 3)),
                Optional.of(Tensor.ofLongs(Shape.of(1), bias)));
        assertThat(proof.bits()).isEqualTo(bits);
        assertThat(proof.narrowest()).contains(narrowest);
        assertThat(proof.fits(Accumulator.I32_WRAP)).isEqualTo(bits <= 32);
        assertThat(proof.fits(Accumulator.I32_SAT)).isTrue();
    }

    @Test
    void beyondEveryRegister() {
        AccumulatorProof proof = AccumulatorProof.of(DType.S8, 0, Tensor.ofInts(DType.S8, Shape.of(1, 1), 1),
                Optional.of(Tensor.ofLongs(Shape.of(1), Long.MIN_VALUE)));
        assertThat(proof.bits()).isEqualTo(65);
        assertThat(proof.narrowest()).isEmpty();
    }

    /** The table of integer-semantics A3: worst-case count of products before 32 bits can overflow. */
    @ParameterizedTest
    @CsvSource({"S16, 0, S8, 0, 511, 512", "S8, 0, S8, 0, 131071, 131072", "S16, 0, S16, 0, 1, 2"})
    void productsOfActivations(DType a, int zeroA, DType b, int zeroB, long fits, long tooMany) {
        assertThat(AccumulatorProof.ofProducts(a, zeroA, b, zeroB, fits).fits(Accumulator.I32_WRAP)).isTrue();
        assertThat(AccumulatorProof.ofProducts(a, zeroA, b, zeroB, tooMany).fits(Accumulator.I32_WRAP)).isFalse();
    }

    /** Mapped weights may be larger than the heap: nothing asks for all of them, or for a whole row. */
    @Test
    void readsWeightsInPieces() {
        AtomicInteger most = new AtomicInteger();
        TensorData mapped = new TensorData() {
            @Override
            public DType dtype() {
                return DType.S4;
            }

            @Override
            public Shape shape() {
                return Shape.of(3, 10, 1001);
            }

            @Override
            public float getFloat(long index) {
                throw new AssertionError("element by element");
            }

            @Override
            public long getLong(long index) {
                throw new AssertionError("element by element");
            }

            @Override
            public void readInts(long from, int[] target, int offset, int count) {
                most.accumulateAndGet(count, Math::max);
                Arrays.fill(target, offset, offset + count, from >= 2 * 10010 ? -3 : 2);
            }
        };
        AccumulatorProof proof = AccumulatorProof.of(DType.S16, 0, mapped, Optional.empty());
        assertThat(proof.bound()).isEqualTo(BigInteger.valueOf(32768L * 3 * 10010));
        assertThat(proof.channel()).isEqualTo(2);
        assertThat(most.get()).isLessThanOrEqualTo(4096);
    }
}
