package org.autoneural.cli;

import java.util.Optional;
import org.autoneural.runtime.Generation;
import org.autoneural.runtime.Sampling;
import picocli.CommandLine.Option;

/** How the words of an answer are chosen. */
final class SamplingOptions {
    @Option(names = "--temperature", paramLabel = "T", description = "0 always takes the likeliest token; higher varies more."
            + " Default: the model's own, 1 when an option below is given.")
    private Optional<Double> temperature;

    @Option(names = "--top-k", paramLabel = "K", description = "Choose among the K likeliest tokens only; 0 for all.")
    private Optional<Integer> topK;

    @Option(names = "--top-p", paramLabel = "P", description = "Choose among the likeliest tokens that together have probability P.")
    private Optional<Double> topP;

    @Option(names = "--min-p", paramLabel = "P", description = "Leave out tokens less than P times as likely as the likeliest.")
    private Optional<Double> minP;

    @Option(names = "--seed", paramLabel = "N", description = "Of the random choice: the same seed gives the same words. Default: 0.")
    private Optional<Long> seed;

    @Option(names = "--repetition-penalty", paramLabel = "X", description = "Above 1: tokens that occurred become less likely.")
    private Optional<Double> repetitionPenalty;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Longest answer. Default: the model's own, else 512.")
    private Optional<Integer> maxTokens;

    /** The model's own settings, changed where an option was given. */
    Generation applyTo(Generation own) {
        Sampling s = own.sampling();
        boolean random = topK.isPresent() || topP.isPresent() || minP.isPresent() || seed.isPresent();
        double ownTemperature = random && s.temperature() == 0 ? 1 : s.temperature();
        Sampling sampling = new Sampling(temperature.orElse(ownTemperature), topK.orElse(s.topK()), topP.orElse(s.topP()),
                minP.orElse(s.minP()), repetitionPenalty.orElse(s.repetitionPenalty()), seed.orElse(s.seed()));
        return own.withSampling(sampling).withMaxTokens(maxTokens.orElse(own.maxTokens()));
    }
}
