package org.autoneural.quantizer.report;

/** Collects how far one tensor departs from its reference, over any number of samples. */
public final class ErrorMeter {
    private double signal;
    private double noise;
    private double maxAbsolute;
    private long elements;

    /** Compares two tensors element by element. */
    public void add(float[] reference, float[] found) {
        if (reference.length != found.length) {
            throw new IllegalArgumentException("a tensor of " + found.length + " values against one of " + reference.length);
        }
        for (int i = 0; i < reference.length; i++) {
            double d = (double) found[i] - reference[i];
            signal += (double) reference[i] * reference[i];
            noise += d * d;
            maxAbsolute = Math.max(maxAbsolute, Math.abs(d));
        }
        elements += reference.length;
    }

    /** What was collected, as the error of {@code value}, a result of {@code op} that comes from tensor {@code source}. */
    public TensorError result(String value, String op, String source) {
        return new TensorError(value, op, source, elements, Math.sqrt(noise), Math.sqrt(signal), maxAbsolute);
    }
}
