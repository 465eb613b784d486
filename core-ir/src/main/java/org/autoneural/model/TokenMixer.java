package org.autoneural.model;

/** What a decoder layer does across tokens. */
sealed interface TokenMixer permits ShortConvolution, Attention {
    /**
     * Adds the mixer and declares its state.
     *
     * @param layer scope of the decoder layer; the mixer is a module within it
     * @param x     [N, D], normed
     * @return [N, D]
     */
    String build(Scope layer, String x, TokenInputs tokens);
}
