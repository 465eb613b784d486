package org.autoneural.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.autoneural.ir.math.NoFloatInstructions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From pictures and tokens to the next token no floating point runs; constructors turn real settings into integers. */
class NoFloatTest {
    @ParameterizedTest
    @ValueSource(classes = {Session.class, Conversation.class, Sampler.class, Features.class, Snapshot.class})
    void whatRunsForEachTokenHasNoFloatingPoint(Class<?> type) {
        assertThat(NoFloatInstructions.inMethodsOf(type)).isEmpty();
    }
}
