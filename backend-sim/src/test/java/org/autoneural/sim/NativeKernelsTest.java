package org.autoneural.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.op.Linear;
import org.autoneural.sim.kernel.KernelProvider;
import org.autoneural.sim.kernel.KernelProviders;
import org.autoneural.sim.kernel.nativecode.Level;
import org.autoneural.sim.kernel.nativecode.NativeKernels;
import org.junit.jupiter.api.Test;

/** Choosing the native kernels, their errors, and what their source may not have; {@link KernelEqualityTest} holds their bits. */
class NativeKernelsTest {
    @Test
    void autoTakesThemUnlessTheyAreTurnedOff() {
        assertThat(KernelProviders.named("auto").name()).isEqualTo("native");
        System.setProperty(NativeKernels.PROPERTY, "false");
        try {
            assertThat(KernelProviders.named("auto").name()).isEqualTo("vector");
        } finally {
            System.clearProperty(NativeKernels.PROPERTY);
        }
    }

    @Test
    void aLevelIsForcedByItsProperty() {
        System.setProperty(NativeKernels.LEVEL_PROPERTY, "portable");
        try {
            assertThat(((NativeKernels) KernelProviders.named("native")).level()).isEqualTo(Level.PORTABLE);
        } finally {
            System.clearProperty(NativeKernels.LEVEL_PROPERTY);
        }
    }

    @Test
    void aLevelThatThereIsNotIsRefused() {
        assertThatThrownBy(() -> NativeKernels.load(KernelProviders.named("scalar"), "avx3")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no level 'avx3' of the native kernels; there are [portable, avx2, avx512]");
    }

    @Test
    void aLevelThatTheProcessorLacksIsRefused() {
        Level greatest = NativeKernels.greatest();
        assumeTrue(greatest != Level.AVX512, "this processor has every level");
        assertThatThrownBy(() -> NativeKernels.load(KernelProviders.named("scalar"), "avx512")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("this processor lacks its instructions; greatest: " + greatest.text());
    }

    /** A sum that leaves its accumulator, for one row and for many. */
    @Test
    void errorsAreThoseOfTheOtherKernels() {
        for (int rows : new int[] {1, 9}) {
            String expected = errorOf(KernelProviders.named("scalar"), rows);
            assertThat(expected).contains("does not fit an accumulator of 48 bits");
            for (Level level : Level.values()) {
                if (level.compareTo(NativeKernels.greatest()) <= 0) {
                    assertThat(errorOf(NativeKernels.load(KernelProviders.named("scalar"), level.text()), rows)).isEqualTo(expected);
                }
            }
        }
    }

    /** Sums that, with their biases, are the last to fit 32 bits and the first that do not: wrapped there, they would change their sign. */
    @Test
    void sumsAtTheEdgeOf32BitsAreThoseOfTheOtherKernels() {
        for (int rows : new int[] {1, 9}) {
            for (int depth : new int[] {511, 512}) {
                long sum = depth * (1L << 22);
                Cases c = new Cases(1);
                String x = c.input(DType.S16, rows, depth);
                c.inputs.put(x, c.tensor(DType.S16, Cases.Fill.ALL_MIN, rows, depth));
                String w = c.constant(c.tensor(DType.S8, Cases.Fill.ALL_MIN, 3, depth));
                String bias = c.constant(Tensor.ofLongs(Shape.of(3), new long[] {Integer.MAX_VALUE - sum, Integer.MAX_VALUE + 1L - sum, 0}));
                String multiplier = c.constant(Tensor.ofInts(DType.S32, Shape.of(3), 1 << 30, 1 << 30, 1 << 30));
                String shift = c.constant(Tensor.ofInts(DType.S8, Shape.of(3), 47, 47, 47));
                ChannelRescale rule = new ChannelRescale(Accumulator.I48, Rounding.SINGLE, 0, 0, -32767, 32767);
                Cases.Case built = c.finish(new Linear(Optional.of(rule)), DType.S16, x, w, bias, multiplier, shift);
                for (Level level : Level.values()) {
                    if (level.compareTo(NativeKernels.greatest()) <= 0) {
                        assertThat(KernelEqualityTest.run(built, NativeKernels.load(KernelProviders.named("scalar"), level.text()), 1))
                                .as("%s, %d rows, depth %d", level, rows, depth)
                                .isEqualTo(KernelEqualityTest.run(built, KernelProviders.named("scalar"), 1));
                    }
                }
            }
        }
    }

    private static String errorOf(KernelProvider kernels, int rows) {
        Cases c = new Cases(1);
        String x = c.input(DType.S16, rows, 4);
        String w = c.constant(DType.S8, 2, 4);
        String bias = c.constant(Tensor.ofLongs(Shape.of(2), new long[] {0, 1L << 50}));
        String multiplier = c.constant(Tensor.ofInts(DType.S32, Shape.of(2), 1 << 30, 1 << 30));
        String shift = c.constant(Tensor.ofInts(DType.S8, Shape.of(2), 40, 40));
        ChannelRescale rule = new ChannelRescale(Accumulator.I48, Rounding.SINGLE, 0, 0, -32767, 32767);
        Cases.Case built = c.finish(new Linear(Optional.of(rule)), DType.S16, x, w, bias, multiplier, shift);
        try {
            KernelEqualityTest.run(built, kernels, 1);
            return "none";
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
    }

    /** In the data path, integers alone: no type, literal or vector instruction of floating point. */
    @Test
    void theSourceHasNoFloatingPoint() throws IOException {
        List<Path> sources;
        try (Stream<Path> files = Files.list(Path.of("src/main/native"))) {
            sources = files.toList();
        }
        assertThat(sources).hasSizeGreaterThan(5).allSatisfy(file -> assertThat(Files.readString(file)).as("%s", file)
                .doesNotContainPattern("\\b(float|double|__m\\d+d?(?!i)\\b|\\w+_[ps][sdh])\\b|\\d\\.\\d|\\d\\.?[eE][+-]?\\d"));
    }
}
