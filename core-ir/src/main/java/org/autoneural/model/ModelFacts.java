package org.autoneural.model;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a runtime must know of a model beyond its graphs.
 *
 * @param pictureHeight  rows of input {@code image}, in pixels
 * @param pictureWidth   columns of input {@code image}, in pixels
 * @param channels       channels of input {@code image}
 * @param tokensPerImage rows of {@code features}: how many ids stand for one picture
 * @param imageTokenId   id that stands for one row of {@code features}, when the configuration names it
 * @param bosTokenId     id that begins a text, when the configuration names it
 * @param eosTokenIds    ids that end an answer; may be empty
 * @param padTokenId     id for rows of a chunk that do not count, when the configuration names it
 * @param vocabulary     V: columns of {@code logits}; ids are 0..V-1
 * @param hiddenSize     D: columns of {@code features}
 * @param chunk          N: rows of {@code prefill}
 * @param context        tokens that the caches hold
 */
public record ModelFacts(int pictureHeight, int pictureWidth, int channels, int tokensPerImage, OptionalInt imageTokenId,
        OptionalInt bosTokenId, List<Integer> eosTokenIds, OptionalInt padTokenId, int vocabulary, int hiddenSize, int chunk,
        int context) {
    public ModelFacts {
        eosTokenIds = List.copyOf(eosTokenIds);
    }
}
