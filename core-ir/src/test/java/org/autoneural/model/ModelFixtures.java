package org.autoneural.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.autoneural.checkpoint.Checkpoint;
import org.autoneural.checkpoint.Safetensors;
import org.autoneural.ir.TensorData;
import org.junit.jupiter.api.Assumptions;

/** Where the tests of the builders find models and goldens, and how they compare. */
final class ModelFixtures {
    private ModelFixtures() {}

    /** Folder of a built-in model, {@code cockpit-tiny} or {@code cockpit-tiny-baseline}. */
    static Path builtIn(String name) {
        return Path.of(System.getProperty("autoneural.cockpit",
                "../runtime/cockpit-tiny/src/main/resources/org/autoneural/cockpit"), name);
    }

    static VisionLanguageModel open(String name) {
        return VisionLanguageModel.open(Checkpoint.open(builtIn(name)));
    }

    static VisionLanguageModel.Options options(int chunk, int context) {
        return new VisionLanguageModel.Options(chunk, context, OptionalInt.empty());
    }

    static Safetensors unit(String name) {
        return Safetensors.open(Path.of("src/test/resources/goldens/units", name + ".safetensors"));
    }

    /** A golden of cockpit-tiny: from the project, or from the shared folder; the test is skipped where neither has it. */
    static Safetensors tiny(String name) {
        Path own = Path.of("src/test/resources/goldens/tiny", name + ".safetensors");
        if (Files.exists(own)) {
            return Safetensors.open(own);
        }
        Path shared = Path.of(System.getProperty("autoneural.shared", "../../shared"), "goldens", "tiny", name + ".safetensors");
        Assumptions.assumeTrue(Files.exists(shared), () -> "skipped: no golden " + shared);
        return Safetensors.open(shared);
    }

    /** The tensors {@code w.*} of a unit golden, {@code prefix} in the place of {@code w.}. */
    static Weights weights(Safetensors golden, String prefix) {
        Map<String, TensorData> tensors = new LinkedHashMap<>();
        for (String name : golden.tensors()) {
            if (name.startsWith("w.")) {
                tensors.put(prefix + name.substring(2), golden.tensor(name));
            }
        }
        return Weights.of(golden.file().toString(), tensors);
    }

    /** {@code |actual - expected| / |expected|}, lengths checked. */
    static double distance(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            double d = (double) actual[i] - expected[i];
            difference += d * d;
            norm += (double) expected[i] * expected[i];
        }
        return Math.sqrt(difference / norm);
    }

    static void close(String what, float[] actual, TensorData expected, double limit) {
        close(what, actual, expected.toFloats(), limit);
    }

    static void close(String what, float[] actual, float[] expected, double limit) {
        assertThat(distance(actual, expected)).as("relative L2 of %s", what).isLessThanOrEqualTo(limit);
    }
}
