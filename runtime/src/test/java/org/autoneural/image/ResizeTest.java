package org.autoneural.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ResizeTest {
    @TempDir
    Path temp;

    @ParameterizedTest
    @CsvSource({"up, bilinear, BILINEAR", "up, bicubic, BICUBIC", "down, bilinear, BILINEAR", "down, bicubic, BICUBIC"})
    void equalsPillow(String direction, String name, Filter filter) throws IOException {
        String file = "/goldens/units/resize_u8.safetensors";
        Picture in = GoldenPicture.read(temp, file, "in." + direction);
        Picture golden = GoldenPicture.read(temp, file, "out." + direction + "." + name);
        Picture out = new Resize(in.width(), in.height(), golden.width(), golden.height(), filter).apply(in);
        assertThat(out.rgb()).isEqualTo(golden.rgb());
    }

    /** The weights follow the double-precision formula of Pillow's set-up, written here from its description. */
    @ParameterizedTest
    @EnumSource(Filter.class)
    void exactFractionsGiveTheWeightsOfDoublePrecision(Filter filter) {
        long seed = 7L;
        Random random = new Random(seed);
        for (int round = 0; round < 150; round++) {
            int in = 1 + random.nextInt(900);
            int out = 1 + random.nextInt(900);
            Coefficients exact = Coefficients.of(in, out, filter);
            for (int i = 0; i < out; i++) {
                int[] padded = new int[in];
                System.arraycopy(exact.weights()[i], 0, padded, exact.first()[i], exact.weights()[i].length);
                assertThat(padded).as("seed %d, round %d, %d to %d, result %d", seed, round, in, out, i)
                        .isEqualTo(inDoublePrecision(in, out, i, filter));
            }
        }
    }

    private static int[] inDoublePrecision(int in, int out, int i, Filter filter) {
        double scale = (double) in / out;
        double stretch = Math.max(1, scale);
        double support = filter.support() * stretch;
        double center = (i + 0.5) * scale;
        int from = Math.max(0, (int) (center - support + 0.5));
        int to = Math.min(in, (int) (center + support + 0.5));
        double[] taps = new double[in];
        double sum = 0;
        for (int x = from; x < to; x++) {
            taps[x] = weight((x - center + 0.5) / stretch, filter);
            sum += taps[x];
        }
        int[] weights = new int[in];
        for (int x = from; x < to; x++) {
            double fixed = taps[x] / sum * (1 << 22);
            weights[x] = (int) (fixed < 0 ? fixed - 0.5 : fixed + 0.5);
        }
        return weights;
    }

    private static double weight(double distance, Filter filter) {
        double t = Math.abs(distance);
        if (filter == Filter.BILINEAR) {
            return t < 1 ? 1 - t : 0;
        }
        return t < 1 ? (1.5 * t - 2.5) * t * t + 1 : t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
    }

    @ParameterizedTest
    @EnumSource(Filter.class)
    void oneColourStaysThatColour(Filter filter) {
        byte[] rgb = new byte[3 * 31 * 17];
        Arrays.fill(rgb, (byte) 200);
        byte[] expected = new byte[3 * 64 * 5];
        Arrays.fill(expected, (byte) 200);
        assertThat(new Resize(31, 17, 64, 5, filter).apply(new Picture(31, 17, rgb)).rgb()).isEqualTo(expected);
    }

    @Test
    void theSameSizeIsTheSamePictureInNewMemory() {
        Picture picture = new Picture(2, 1, new byte[] {1, 2, 3, 4, 5, 6});
        Picture same = new Resize(2, 1, 2, 1, Filter.BICUBIC).apply(picture);
        assertThat(same.rgb()).isEqualTo(picture.rgb()).isNotSameAs(picture.rgb());
    }

    @Test
    void aSinglePixelFillsAnySize() {
        assertThat(new Resize(1, 1, 2, 2, Filter.BICUBIC).apply(new Picture(1, 1, new byte[] {9, (byte) 255, 0})).rgb())
                .containsExactly(9, 255, 0, 9, 255, 0, 9, 255, 0, 9, 255, 0);
    }

    @Test
    void sizesThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new Resize(0, 1, 1, 1, Filter.BILINEAR)).isInstanceOf(PictureException.class)
                .hasMessageContaining("each side must be 1 to 32768");
        assertThatThrownBy(() -> new Resize(1, 32_768, 32_768, 1, Filter.BILINEAR)).isInstanceOf(PictureException.class)
                .hasMessageContaining("needs 3221225472 bytes");
        assertThatThrownBy(() -> new Resize(2, 2, 1, 1, Filter.BILINEAR).apply(new Picture(1, 1, new byte[3])))
                .isInstanceOf(PictureException.class).hasMessageContaining("was made for 2 x 2");
        assertThatThrownBy(() -> new Picture(0, 1, new byte[0])).isInstanceOf(PictureException.class);
        assertThatThrownBy(() -> new Picture(2, 2, new byte[11])).isInstanceOf(PictureException.class)
                .hasMessageContaining("needs 12 bytes of RGB, found 11");
    }
}
