package org.autoneural.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.autoneural.CompiledCockpit;
import org.autoneural.artifact.Artifact;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jvm")
class ModelDifferenceTest {
    private static List<String> between(Path before, Path after) {
        try (Artifact a = Artifact.open(before); Artifact b = Artifact.open(after)) {
            return ModelDifference.between(a, b).lines();
        }
    }

    @Test
    void aModelIsTheSameAsItself() {
        assertThat(between(CompiledCockpit.small(), CompiledCockpit.small())).isEmpty();
    }

    @Test
    void anotherRecipeShowsInTheWeights() {
        List<String> lines = between(CompiledCockpit.byDefault(), CompiledCockpit.w8a16());
        assertThat(lines).contains("recipe: w8a16-w4a16 -> w8a16");
        assertThat(lines).anyMatch(l -> l.startsWith("constants stored as s4 -> s8 (") && l.contains("model.layers."));
        assertThat(lines).anyMatch(l -> l.matches("constants take [0-9.]+ -> [0-9.]+ MB"));
        // 8-bit layers correct their biases in this recipe; vision is the same in both.
        assertThat(lines).anyMatch(l -> l.startsWith("constants that are new (34): ") && l.contains("corrected_bias"));
        assertThat(lines).anyMatch(l -> l.startsWith("decode: nodes with other operands (34): "));
        assertThat(lines).noneMatch(l -> l.contains("vision"));
    }

    @Test
    void anotherContextShowsInTheStates() {
        List<String> lines = between(CompiledCockpit.byDefault(), CompiledCockpit.small());
        assertThat(lines).anyMatch(l -> l.startsWith("context: ") && l.endsWith(" -> 96"));
        assertThat(lines).anyMatch(l -> l.startsWith("decode: results of another type") && l.contains("k_cache"));
    }
}
