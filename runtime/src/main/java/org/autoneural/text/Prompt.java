package org.autoneural.text;

import java.util.Arrays;

/**
 * Token ids to feed, and which of them stand for rows of pictures.
 *
 * @param ids         [T] token ids
 * @param pictureRows positions in {@code ids} that picture rows replace, ascending; the k-th row of the n-th picture is entry
 *                    {@code n * perPicture + k}
 */
public record Prompt(int[] ids, int[] pictureRows) {
    /**
     * What is left to feed when {@code fed} ids are already in the state.
     *
     * @throws TextException when the fed ids are not the beginning of this prompt
     */
    public Prompt after(int[] fed) {
        int same = Arrays.mismatch(fed, ids);
        if (same >= 0 && same < fed.length) {
            throw new TextException("The conversation changed behind the state: at position " + same + " the state holds token "
                    + fed[same] + ", the new prompt " + (same < ids.length ? "has " + ids[same] : "ends")
                    + ". Start a new session, or restore a snapshot from before that position.");
        }
        int from = fed.length;
        return new Prompt(Arrays.copyOfRange(ids, from, ids.length),
                Arrays.stream(pictureRows).filter(row -> row >= from).map(row -> row - from).toArray());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Prompt prompt && Arrays.equals(ids, prompt.ids) && Arrays.equals(pictureRows, prompt.pictureRows);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(ids) + Arrays.hashCode(pictureRows);
    }

    @Override
    public String toString() {
        return "Prompt[" + ids.length + " ids, " + pictureRows.length + " picture rows]";
    }
}
