package org.autoneural.ir;

import java.util.Arrays;

/**
 * How integers stand for real values: {@code real = scale * (q - zeroPoint)}. One scale for the whole tensor, or one per
 * index of {@link #axis()} (per channel; the zero point is then 0).
 *
 * <p>The sign of the zero point is ours and TFLite's; Qualcomm's and AIMET's files use {@code scale * (q + offset)} and
 * are converted at their edge only (integer-semantics, A1).
 */
public final class QuantParams {
    /** Axis of a per-tensor encoding. */
    public static final int PER_TENSOR = -1;

    private final DType storage;
    private final int axis;
    private final double[] scales;
    private final int zeroPoint;
    private final Origin origin;

    /** Where an encoding comes from; every encoding has one. */
    public enum Origin {
        /** Measured by an observer during calibration, or from the weight itself. */
        OBSERVER,
        /** Fixed by a rule (softmax output 2^-15, RoPE tables 2^-15). */
        RULE,
        /** Follows from its operands (bias scale = input scale * weight scale, or a copy through a data movement). */
        PROPAGATED,
        /** Made equal to another tensor's (states, concatenated parts). */
        TIED,
        /** Given by the user or read from an encodings file. */
        IMPORT
    }

    private QuantParams(DType storage, int axis, double[] scales, int zeroPoint, Origin origin) {
        if (storage.isFloat()) {
            throw new IllegalArgumentException("an encoding stores integers, not " + storage.text());
        }
        for (double s : scales) {
            if (!(s > 0) || Double.isInfinite(s)) {
                throw new IllegalArgumentException("scale " + s + " must be positive and finite");
            }
        }
        if (zeroPoint < storage.min() || zeroPoint > storage.max()) {
            throw new IllegalArgumentException("zero point " + zeroPoint + " is outside " + storage.text());
        }
        this.storage = storage;
        this.axis = axis;
        this.scales = scales;
        this.zeroPoint = zeroPoint;
        this.origin = origin;
    }

    /** One scale and zero point for all elements: real = scale * (integer - zeroPoint). */
    public static QuantParams perTensor(DType storage, double scale, int zeroPoint, Origin origin) {
        return new QuantParams(storage, PER_TENSOR, new double[] {scale}, zeroPoint, origin);
    }

    /** Symmetric, one scale for each index of {@code axis}. */
    public static QuantParams perChannel(DType storage, int axis, double[] scales, Origin origin) {
        if (axis < 0) {
            throw new IllegalArgumentException("axis " + axis + " must be at least 0");
        }
        return new QuantParams(storage, axis, scales.clone(), 0, origin);
    }

    /** Integer type that holds the values; s4 weights included. */
    public DType storage() {
        return storage;
    }

    /** Whether each index of {@link #axis} has a scale of its own. */
    public boolean isPerChannel() {
        return axis != PER_TENSOR;
    }

    /** The axis whose indices have scales of their own; -1 when one scale is for all. */
    public int axis() {
        return axis;
    }

    /** The scale of a per-tensor encoding. */
    public double scale() {
        if (isPerChannel()) {
            throw new IllegalStateException("a per-channel encoding has " + scales.length + " scales");
        }
        return scales[0];
    }

    /** The scale of channel {@code c}; the one scale of a per-tensor encoding for any {@code c}. */
    public double scale(int c) {
        return scales[isPerChannel() ? c : 0];
    }

    /** Number of scales: 1, or one for each index of the axis. */
    public int scaleCount() {
        return scales.length;
    }

    /** A copy of all scales. */
    public double[] scales() {
        return scales.clone();
    }

    /** The integer that stands for real zero; 0 for a per-channel encoding. */
    public int zeroPoint() {
        return zeroPoint;
    }

    /** Where the encoding comes from. */
    public Origin origin() {
        return origin;
    }

    /** The same encoding with another origin. */
    public QuantParams withOrigin(Origin other) {
        return new QuantParams(storage, axis, scales, zeroPoint, other);
    }

    /** Smallest integer that this encoding emits. Symmetric types leave out the most negative value: 16-bit sums stay exact. */
    public int qMin() {
        return (int) (zeroPoint == 0 && storage.min() < 0 ? -storage.max() : storage.min());
    }

    /** Largest integer that this encoding emits. */
    public int qMax() {
        return (int) storage.max();
    }

    /** Same storage, scales and zero point; the origin does not matter. */
    public boolean sameEncoding(QuantParams other) {
        return storage == other.storage && axis == other.axis && zeroPoint == other.zeroPoint
                && Arrays.equals(scales, other.scales);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof QuantParams q && sameEncoding(q) && origin == q.origin;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * storage.hashCode() + Arrays.hashCode(scales)) + zeroPoint;
    }

    @Override
    public String toString() {
        return storage.text() + (isPerChannel() ? " axis " + axis + " x" + scales.length : " scale " + scales[0])
                + " zero " + zeroPoint + " " + origin;
    }
}
