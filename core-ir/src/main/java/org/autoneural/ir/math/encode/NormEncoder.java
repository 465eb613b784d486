package org.autoneural.ir.math.encode;

import org.autoneural.ir.math.IntLayerNorm;

/** The integers of {@link org.autoneural.ir.math.IntRmsNorm} and {@link IntLayerNorm}. */
public final class NormEncoder {
    private static final double MAX_EPS_INT = 1L << 61;

    private NormEncoder() {
    }

    /**
     * RMS norm: {@code epsInt = round(n * eps / inScale^2)}, factor {@code sqrt(n) * gammaScale / outScale}.
     *
     * @param n length of the row
     */
    public static NormParams rms(int n, double eps, double inScale, double gammaScale, double outScale) {
        Multiplier factor = MultiplierEncoder.encode(StrictMath.sqrt(n) * gammaScale / outScale);
        return new NormParams(epsInt((double) n * eps, inScale), factor.multiplier(), factor.shift());
    }

    /**
     * Layer norm: {@code epsInt = round(n^2 * eps / inScale^2)}, factor {@code gammaScale / outScale * 2^8}
     * (to fine steps, {@link IntLayerNorm#FINE_BITS}).
     *
     * @param n length of the row, up to {@link IntLayerNorm#MAX_LENGTH}
     */
    public static NormParams layer(int n, double eps, double inScale, double gammaScale, double outScale) {
        if (n < 1 || n > IntLayerNorm.MAX_LENGTH) {
            throw new IllegalArgumentException("a layer norm over " + n + " values (allowed: 1 to " + IntLayerNorm.MAX_LENGTH + ")");
        }
        Multiplier factor = MultiplierEncoder.encode(gammaScale / outScale * (1 << IntLayerNorm.FINE_BITS));
        return new NormParams(epsInt((double) n * n * eps, inScale), factor.multiplier(), factor.shift());
    }

    /**
     * Beta of a layer norm in fine steps: {@code round(beta / outScale * 2^8)}.
     *
     * @throws IllegalArgumentException naming the channel, when a value does not fit 31 bits (more than 2^22 output steps)
     */
    public static int[] beta(float[] beta, double outScale) {
        int[] fine = new int[beta.length];
        for (int c = 0; c < beta.length; c++) {
            double v = beta[c] / outScale * (1 << IntLayerNorm.FINE_BITS);
            if (!(Math.abs(v) < 1 << 30)) {
                throw new IllegalArgumentException("the layer norm's beta of channel " + c + " is " + beta[c] + ", which is "
                        + beta[c] / outScale + " steps of the output scale " + outScale + " (allowed: below 4194304 steps)");
            }
            fine[c] = (int) Math.round(v);
        }
        return fine;
    }

    private static long epsInt(double numerator, double inScale) {
        double eps = numerator / (inScale * inScale);
        if (!(eps >= 0 && eps <= MAX_EPS_INT)) {
            throw new IllegalArgumentException("the norm's epsilon is " + eps + " in squared steps of the input scale " + inScale
                    + " (allowed: 0 to 2^61); check the input scale");
        }
        return Math.round(eps);
    }
}
