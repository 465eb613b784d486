package org.autoneural.ir.math.encode;

/** The nonlinear functions of the networks, in double precision, the same on every JVM. Errors are absolute. */
public final class Activations {
    private static final double SQRT_2_OVER_PI = 0.7978845608028654;
    private static final double TWO_OVER_SQRT_PI = 1.1283791670955126;
    private static final double SQRT_HALF = 0.7071067811865476;

    private Activations() {
    }

    /** {@code max(x, 0)}. */
    public static double relu(double x) {
        return x > 0 ? x : 0;
    }

    /** {@code 1 / (1 + e^-x)}. */
    public static double sigmoid(double x) {
        if (x >= 0) {
            return 1 / (1 + StrictMath.exp(-x));
        }
        double e = StrictMath.exp(x);
        return e / (1 + e);
    }

    /** {@code x * sigmoid(x)}. */
    public static double silu(double x) {
        return x * sigmoid(x);
    }

    /** {@code min(max(x + 3, 0), 6) / 6}. */
    public static double hardSigmoid(double x) {
        return Math.min(Math.max(x + 3, 0), 6) / 6;
    }

    /** Hyperbolic tangent. */
    public static double tanh(double x) {
        return StrictMath.tanh(x);
    }

    /** {@code x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3)))}. */
    public static double geluTanh(double x) {
        return 0.5 * x * (1 + StrictMath.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x)));
    }

    /** {@code x/2 * (1 + erf(x / sqrt(2)))}. */
    public static double geluErf(double x) {
        return 0.5 * x * (1 + erf(x * SQRT_HALF));
    }

    /**
     * Error function, to 1e-15. Up to 2 by {@code 2/sqrt(pi) * e^(-x^2) * sum 2^k x^(2k+1) / (2k+1)!!}, whose terms share one
     * sign; above by the continued fraction of the complement (Abramowitz and Stegun 7.1.6 and 7.1.14).
     */
    public static double erf(double x) {
        double a = Math.abs(x);
        if (!(a < 6)) {
            return Double.isNaN(x) ? x : Math.signum(x);
        }
        return Math.copySign(a < 2 ? erfBySeries(a) : 1 - erfcByFraction(a), x);
    }

    private static double erfBySeries(double x) {
        double term = x;
        double sum = x;
        for (int k = 1; term > sum * 0x1p-56; k++) {
            term *= 2 * x * x / (2 * k + 1);
            sum += term;
        }
        return TWO_OVER_SQRT_PI * StrictMath.exp(-x * x) * sum;
    }

    // e^(-x^2)/sqrt(pi) / (x + (1/2)/(x + (2/2)/(x + (3/2)/(x + ...)))): 100 levels are more than enough from 2 on.
    private static double erfcByFraction(double x) {
        double v = x;
        for (int k = 100; k >= 1; k--) {
            v = x + 0.5 * k / v;
        }
        return 0.5 * TWO_OVER_SQRT_PI * StrictMath.exp(-x * x) / v;
    }
}
