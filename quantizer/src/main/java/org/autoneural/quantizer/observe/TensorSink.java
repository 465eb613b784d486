package org.autoneural.quantizer.observe;

/**
 * Is shown the values of one tensor, piece by piece, as calibration computes them, before anything reads them. It may change
 * them in place: what reads the tensor then sees the changed ones.
 */
@FunctionalInterface
public interface TensorSink {
    /**
     * Is shown {@code values[from .. from+count-1]}: whole rows of the tensor's last axis.
     *
     * @throws IllegalArgumentException for a value that is not finite
     */
    void observe(float[] values, int from, int count);
}
