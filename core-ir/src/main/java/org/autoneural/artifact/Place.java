package org.autoneural.artifact;

/**
 * Where a segment or an inner file lies in the model file.
 *
 * @param name        name of the inner file, or {@code %} and the name of the constant
 * @param offsetBytes from the start of the file; a multiple of 64
 * @param sizeBytes   without the padding behind it
 * @param sha256      64 lower-case hex digits
 */
record Place(String name, long offsetBytes, int sizeBytes, String sha256) {
    /** Where the next part starts: the bytes up to there are zero. */
    long nextOffset() {
        return Header.align(offsetBytes + sizeBytes);
    }

    /** {@code part 'tokenizer.json' (120 bytes at 4096)} */
    @Override
    public String toString() {
        return "part '" + name + "' (" + sizeBytes + " bytes at " + offsetBytes + ")";
    }
}
