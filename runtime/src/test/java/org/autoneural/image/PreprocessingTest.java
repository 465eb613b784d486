package org.autoneural.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessingTest {
    private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);

    @Test
    void theBuiltInModelsConfigurationIsRead() throws IOException {
        try (InputStream in = PreprocessingTest.class
                .getResourceAsStream("/org/autoneural/cockpit/cockpit-tiny/preprocessor_config.json")) {
            assertThat(Preprocessing.of(in.readAllBytes(), "p")).isEqualTo(new Preprocessing(128, 128, Filter.BILINEAR,
                    Preprocessing.Fit.SQUASH, 0.00392156862745098, HALF, HALF));
        }
    }

    @Test
    void whatIsNotSaidHasADefault() {
        Preprocessing p = of("{'size': {'height': 4, 'width': 6}, 'resample': 3, 'resize': 'pad', 'do_normalize': false}");
        assertThat(p).isEqualTo(new Preprocessing(6, 4, Filter.BICUBIC, Preprocessing.Fit.PAD, 1.0 / 255,
                List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)));
    }

    @Test
    void squashGivesTheModelsSize() {
        Preprocessing p = new Preprocessing(4, 2, Filter.BILINEAR, Preprocessing.Fit.SQUASH, 1.0 / 255, HALF, HALF);
        assertThat(p.apply(new Picture(1, 1, new byte[] {1, 2, 3}))).hasSize(24).startsWith(1, 2, 3, 1, 2, 3);
    }

    @Test
    void padKeepsTheAspectRatioAndCentres() {
        Preprocessing p = new Preprocessing(4, 2, Filter.BILINEAR, Preprocessing.Fit.PAD, 1.0 / 255, List.of(0.0, 0.5, 1.0), HALF);
        byte[] border = {0, (byte) 128, (byte) 255};
        byte[] out = p.apply(new Picture(1, 1, new byte[] {1, 2, 3}));
        for (int row = 0; row < 2; row++) {
            for (int column = 0; column < 4; column++) {
                int at = 3 * (4 * row + column);
                assertThat(Arrays.copyOfRange(out, at, at + 3))
                        .isEqualTo(column == 0 || column == 3 ? border : new byte[] {1, 2, 3});
            }
        }
        assertThat(p.apply(new Picture(30_000, 1, new byte[90_000]))).hasSize(24).startsWith(0, 0, 0).endsWith(border);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "nope @ is not JSON",
        "[] @ holds no JSON object",
        "{} @ size is",
        "{'size': {'shortest_edge': 4}} @ an object with height and width",
        "{'size': {'height': 0, 'width': 4}} @ each side must be 1 to 8192",
        "{'size': {'height': 99999, 'width': 4}} @ each side must be 1 to 8192",
        "{'size': {'height': 4, 'width': 4}, 'resample': 1} @ resample is 1, supported are 2 (bilinear) and 3 (bicubic)",
        "{'size': {'height': 4, 'width': 4}, 'resize': 'crop'} @ resize is 'crop'",
        "{'size': {'height': 4, 'width': 4}, 'do_resize': false} @ do_resize is false",
        "{'size': {'height': 4, 'width': 4}, 'image_mean': [0.5]} @ 1 means",
        "{'size': {'height': 4, 'width': 4}, 'image_std': ['a', 1, 1]} @ three numbers are needed",
        "{'size': {'height': 4, 'width': 4}, 'image_std': [0, 1, 1]} @ deviations above 0",
        "{'size': {'height': 4, 'width': 4}, 'rescale_factor': 0} @ rescale factor 0.0",
    })
    void configurationsThatCannotBeAreRefused(String json, String problem) {
        assertThatThrownBy(() -> of(json)).isInstanceOf(PictureException.class).hasMessageContaining(problem);
    }

    private static Preprocessing of(String json) {
        return Preprocessing.of(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "preprocessor_config.json");
    }
}
