package org.autoneural.ir.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.autoneural.ir.math.encode.Activations;
import org.autoneural.ir.math.encode.MultiplierEncoder;
import org.autoneural.ir.math.encode.NormEncoder;
import org.autoneural.ir.math.encode.NormParams;
import org.autoneural.ir.math.encode.RopeTables;
import org.autoneural.ir.math.encode.TableEncoder;
import org.junit.jupiter.api.Test;

/**
 * Checksums of many results. They hold on every JVM; a change here changes what compiled models compute, so it needs a new
 * version of the artifact and of docs/integer-semantics.md.
 */
class ContractTest {
    private final CRC32 crc = new CRC32();
    private final SplittableRandom random = new SplittableRandom(1);

    @Test
    void exp2() {
        for (int y = 0; y <= 32 << 16; y += 3) {
            add(Exp2.negative(y));
        }
        assertThat(crc.getValue()).isEqualTo(0xe6e1a0f7L);
    }

    @Test
    void rsqrt() {
        for (int i = 0; i < 100_000; i++) {
            long s = Math.max(1, random.nextLong() >>> (2 + random.nextInt(62)));
            add(Rsqrt.mantissa(s));
            add(Rsqrt.shift(s));
        }
        assertThat(crc.getValue()).isEqualTo(0xa00f60bfL);
    }

    @Test
    void softmax() {
        short[] y = new short[512];
        for (int live = 1; live <= 512; live += 7) {
            IntSoftmax.row(values(512), 0, live, 512, 1 << 30, 12 + live % 12, new int[512], 0, y, 0);
            add(y);
        }
        assertThat(crc.getValue()).isEqualTo(0x2c4f16a2L);
    }

    @Test
    void norms() {
        short[] y = new short[192];
        NormParams rms = NormEncoder.rms(192, 1e-6, 0.001, 1.0 / 32767, 6.0 / 32767);
        NormParams layer = NormEncoder.layer(192, 1e-6, 0.001, 1.0 / 32767, 6.0 / 32767);
        for (int i = 0; i < 50; i++) {
            IntRmsNorm.row(values(192), 0, 192, 0, values(192), 0, rms.epsInt(), rms.multiplier(), rms.shift(), y, 0, 0,
                    -32767, 32767);
            add(y);
            IntLayerNorm.row(values(192), 0, 192, values(192), 0, new int[192], 0, layer.epsInt(), layer.multiplier(),
                    layer.shift(), y, 0, 0, -32767, 32767);
            add(y);
        }
        assertThat(crc.getValue()).isEqualTo(0x2c6b4d2cL);
    }

    @Test
    void ropeTables() {
        RopeTables tables = RopeTables.build(4096, 64, 1e6);
        add(tables.cos());
        add(tables.sin());
        assertThat(crc.getValue()).isEqualTo(0xd5af2d0aL);
    }

    @Test
    void activationTables() {
        add(TableEncoder.encode16(Activations::geluTanh, 8.0 / 32767, 8.0 / 32767, -32767, 32767).entries());
        add(TableEncoder.encode16(Activations::geluErf, 8.0 / 32767, 8.0 / 32767, -32767, 32767).entries());
        add(TableEncoder.encode16(Activations::silu, 8.0 / 32767, 8.0 / 32767, -32767, 32767).entries());
        add(TableEncoder.encode16(Activations::sigmoid, 8.0 / 32767, 1.0 / 32767, -32767, 32767).entries());
        add(TableEncoder.encode16(Activations::tanh, 4.0 / 32767, 1.0 / 32767, -32767, 32767).entries());
        assertThat(crc.getValue()).isEqualTo(0x63b9e451L);
    }

    @Test
    void multipliers() {
        for (int i = 0; i < 10_000; i++) {
            double ratio = StrictMath.scalb(1 + random.nextDouble(), random.nextInt(-70, 14));
            add(MultiplierEncoder.encode(ratio).multiplier());
            add(MultiplierEncoder.encode15(ratio).multiplier());
        }
        assertThat(crc.getValue()).isEqualTo(0x7895ec8bL);
    }

    private short[] values(int n) {
        short[] x = new short[n];
        for (int i = 0; i < n; i++) {
            x[i] = (short) random.nextInt(-32767, 32768);
        }
        return x;
    }

    private void add(short[] values) {
        for (short v : values) {
            add(v);
        }
    }

    private void add(int v) {
        for (int shift = 0; shift < 32; shift += 8) {
            crc.update(v >> shift & 255);
        }
    }
}
