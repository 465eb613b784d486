package org.autoneural.quantizer.plan;

/**
 * A tensor that could be stored wider, and what it costs to store it as the recipe says.
 *
 * @param kind   weight or activation
 * @param name   of the constant or value
 * @param op     op that reads the weight or makes the value
 * @param vision whether it belongs to entry point {@code vision}: its error is that of the visual tokens, else that of the logits
 * @param bits   width now
 * @param raised width that the target would allow; equal to {@code bits} when there is no wider one
 * @param bytes  that the wider form takes more: of a weight in the artifact, of an activation each time it is computed
 * @param noise  relative power of the error at the output when this tensor alone is quantized: {@code (|y - y^| / |y|)^2}
 */
public record Candidate(Kind kind, String name, String op, boolean vision, int bits, int raised, long bytes, double noise) {
    /** What is stored. */
    public enum Kind {
        /** A constant operand. */
        WEIGHT,
        /** A value that is computed. */
        ACTIVATION
    }

    /** Signal to noise at the output in dB when this tensor alone is quantized; infinite when that changes nothing. */
    public double sqnrDb() {
        return -10 * Math.log10(noise);
    }

    /** The noise that is left when it is raised: each bit halves the step. */
    public double raisedNoise() {
        return Math.scalb(noise, -2 * (raised - bits));
    }

    boolean canBeRaised() {
        return raised > bits;
    }
}
