package org.autoneural.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.autoneural.ir.Shape;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The trained model beside the checkout, as its authors' tools wrote it. */
class RealCheckpointTest {
    @Test
    void cockpitTiny() {
        Path folder = Path.of(System.getProperty("autoneural.shared", "../shared"), "models", "cockpit-tiny");
        Assumptions.assumeTrue(Files.isDirectory(folder), () -> "skipped: no trained model in " + folder);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            long parameters = 0;
            for (String name : checkpoint.tensors()) {
                CheckpointTensor tensor = checkpoint.tensor(name);
                assertThat(tensor.storedType()).isEqualTo(SafetensorsDType.BF16);
                WeightCheck.requireFinite(tensor);
                parameters += tensor.elements();
            }
            assertThat(parameters).isEqualTo(4_703_136);

            Config config = checkpoint.config();
            int hidden = config.getPositiveInt("text_config.hidden_size");
            int vocabulary = config.getPositiveInt("text_config.vocab_size");
            checkpoint.require("model.embed_tokens.weight", Shape.of(vocabulary, hidden));
            assertThat(config.getStringLists("vision_config.arch_def")).hasSize(4);
            assertThat(config.getStrings("text_config.layer_types")).hasSize(config.getInt("text_config.num_hidden_layers"));
            assertThat(checkpoint.json("preprocessor_config.json").orElseThrow().getDoubles("image_mean"))
                    .isEqualTo(List.of(0.5, 0.5, 0.5));
            assertThat(checkpoint.json("tokenizer_config.json")).isPresent();
            assertThat(checkpoint.json("generation_config.json")).isPresent();
        }
    }
}
