package org.autoneural.quantizer.plan;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a plan must keep; the search raises tensors until the accuracy is met, and never beyond bytes or time.
 *
 * @param sqnrDb signal to noise that visual tokens and logits must reach, in dB; empty: as high as the other budgets allow
 * @param bytes  that raised tensors may take more in all
 * @param timeMs that raised tensors may take longer in all, estimated for one picture, one chunk and one token
 */
public record Budget(OptionalDouble sqnrDb, OptionalLong bytes, OptionalDouble timeMs) {
    public Budget {
        if (sqnrDb.isEmpty() && bytes.isEmpty() && timeMs.isEmpty()) {
            throw new IllegalArgumentException("a plan needs a budget: accuracy, bytes or time");
        }
        Optional.of(bytes).filter(b -> b.orElse(0) < 0).ifPresent(b -> {
            throw new IllegalArgumentException("the budget is " + b.getAsLong() + " bytes; allowed: 0 or more");
        });
        if (timeMs.isPresent() && !(timeMs.getAsDouble() >= 0)) {
            throw new IllegalArgumentException("the budget is " + timeMs.getAsDouble() + " ms; allowed: 0 or more");
        }
    }
}
