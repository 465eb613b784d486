package org.autoneural.benchmarks.full;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The formula against the test values and checksums that its specification prints. */
class SyntheticModelTest {
    private static SyntheticTensor tensor(String name) {
        return SyntheticModel.AUTONEURAL_1_5B.tensors().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "model.embed_tokens.weight, 0, a88fd795d5c6d156, 5f0ce47989047d81, 0.08660254037844387, -0.02229314364927494, bcb7",
        "model.embed_tokens.weight, 134217727, a88fd795d5c6d156, a35e6c128acfb9d5, 0.08660254037844387, 0.023929934850425404, 3cc4",
        "model.layers.3.feed_forward.w2.weight, 12345, b9671407d9eb8888, 18db257d4922b16a, 0.005740991584648073, -0.004626160944429572, bb98",
        "model.layers.0.operator_norm.weight, 7, 773c7da2d623f09d, bf870dd755d06e04, 0.1, 1.0496308982372284, 3f86",
        "model.vision_tower.timm_model.blocks.2.9.layer_scale.gamma, 100, 2ae04302428cf721, 2e8aaee2df49982d, 0.05, 0.06818036139011383, 3d8c",
        "model.vision_tower.timm_model.conv_stem.conv.weight, 1727, 345339bff4f03a11, f54bda7292418902, 0.3333333333333333, 0.30545912186304724, 3e9c",
        "model.multi_modal_projector.linear_1.bias, 5, 8cacce43d1ecf6da, 40e50a88cfa5bae7, 0.02, -0.009860204458236694, bc22"})
    void values(String name, long index, String seed, String mixed, double halfWidth, double value, String bits) {
        SyntheticTensor tensor = tensor(name);
        long actual = SyntheticNumbers.seed(name);
        assertThat(Long.toHexString(actual)).isEqualTo(seed);
        assertThat(Long.toHexString(SyntheticNumbers.mix(actual, index))).isEqualTo(mixed);
        assertThat(tensor.halfWidth()).isEqualTo(halfWidth);
        double element = SyntheticNumbers.value(actual, index, tensor.centre(), halfWidth);
        assertThat(element).isEqualTo(value);
        assertThat(SyntheticNumbers.bfloat(element)).isEqualTo(Integer.parseInt(bits, 16));
    }

    @Test
    void bytesOfAWholeTensor() throws Exception {
        assertThat(sha256(tensor("model.layers.0.conv.in_proj.weight")::writeTo))
                .isEqualTo("a2ba2a14a37f403dc146c799a23cf08081e5875be2b6599b1b733ea2d7d5b282");
    }

    @Test
    void picture() throws Exception {
        byte[] image = SyntheticNumbers.image(768);
        assertThat(Arrays.copyOf(image, 9)).containsExactly(11, 15, 10, 0, 4, 5, 10, 10, 2);
        assertThat(sha256(out -> out.write(image))).isEqualTo("f23918a84948b9d9e1710e451b07b9e18af38ffe9d9cb793e611bc98bc417298");
    }

    @Test
    void prompt() {
        assertThat(SyntheticNumbers.prompt(8)).containsExactly(1, 34655, 55688, 40180, 24740, 38274, 21064, 7245);
    }

    @Test
    void parameters() {
        assertThat(EncoderTensors.all("").stream().mapToLong(t -> t.shape().elements()).sum()).isEqualTo(294_126_912);
        assertThat(SyntheticModel.LFM2_350M.tensors().stream().mapToLong(t -> t.shape().elements()).sum()).isEqualTo(354_483_968);
        assertThat(SyntheticModel.AUTONEURAL_1_5B.tensors().stream().mapToLong(t -> t.shape().elements()).sum())
                .isEqualTo(294_126_912L + 1_170_340_608 + 2 * (2048 * 2048 + 2048));
    }

    private interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private static String sha256(Content content) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            content.writeTo(out);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
