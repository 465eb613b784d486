package org.autoneural.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.autoneural.image.Picture;
import org.junit.jupiter.api.Test;

class PreviewTest {
    @Test
    void upperPixelInFrontOfTheLowerOne() {
        int width = 56;
        byte[] rgb = new byte[3 * width * 2];
        // Red above, blue below.
        for (int x = 0; x < width; x++) {
            rgb[3 * x] = (byte) 255;
            rgb[3 * (width + x) + 2] = (byte) 200;
        }
        assertThat(Preview.of(new Picture(width, 2, rgb)))
                .isEqualTo("\033[38;2;255;0;0m\033[48;2;0;0;200m\u2580".repeat(width) + "\033[0m" + System.lineSeparator());
    }

    @Test
    void keepsTheAspectRatioWithinAScreen() {
        assertThat(Preview.of(new Picture(128, 128, new byte[3 * 128 * 128])).lines()).hasSize(28);
        assertThat(Preview.of(new Picture(1, 500, new byte[3 * 500])).lines()).hasSize(40);
        assertThat(Preview.of(new Picture(500, 1, new byte[3 * 500])).lines()).hasSize(1);
    }
}
