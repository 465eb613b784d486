package org.autoneural.ir.math;

/**
 * The one narrowing step everything reduces to: {@code y = round(x * m * 2^-n)}, an integer times a fixed-point ratio.
 *
 * <p>Source: TOSA 1.0 RESCALE, gemmlowp fixedpoint, ONNX QLinear ops; see {@code docs/integer-semantics.md}, section 2.
 */
public final class Rescale {
    /** Greatest shift. */
    public static final int MAX_SHIFT = 62;

    private Rescale() {
    }

    /**
     * {@code round(x * m * 2^-n)}, exact for every x and m whose result fits 64 bits.
     *
     * @param x the value, s64 ({@link Rounding#DOUBLE}: s32)
     * @param multiplier m, s32 ({@link Rounding#DOUBLE}: 0 or more)
     * @param shift n, 0 to {@value #MAX_SHIFT}; 0 gives the exact product
     * @throws ArithmeticException when the result does not fit 64 bits, or an argument is outside its range
     */
    public static long apply(long x, int multiplier, int shift, Rounding rounding) {
        if (shift < 1 || shift > MAX_SHIFT) {
            return withoutShift(x, multiplier, shift);
        }
        if ((int) x != x) {
            return wide(x, multiplier, shift, rounding);
        }
        // |p| <= 2^62, and the rounding terms add at most 2^61 + 2^30: no overflow.
        long product = x * multiplier;
        return switch (rounding) {
            case SINGLE -> (product + (1L << (shift - 1))) >> shift;
            case DOUBLE -> {
                requireNotNegative(multiplier);
                long second = shift <= 31 ? 0 : product >= 0 ? 1L << 30 : -(1L << 30);
                yield (product + (1L << (shift - 1)) + second) >> shift;
            }
            case HALF_EVEN -> halfEven(product >> shift, product & ((1L << shift) - 1), shift);
            case TOWARD_ZERO -> (product + ((product >> 63) & ((1L << shift) - 1))) >> shift;
        };
    }

    /**
     * {@link Rounding#SINGLE} without any check, for inner loops: {@code (x * m + 2^(n-1)) >> n}.
     * The caller has proven {@code |x * m| < 2^62} and {@code 1 <= n <= 62}.
     */
    public static long single(long x, int multiplier, int shift) {
        return (x * multiplier + (1L << (shift - 1))) >> shift;
    }

    /** {@code clamp(zero + apply(x, multiplier, shift, rounding), min, max)}: from an accumulator to a stored value. */
    public static int requantize(long x, int multiplier, int shift, Rounding rounding, int zero, int min, int max) {
        return clamp(zero + apply(x, multiplier, shift, rounding), min, max);
    }

    /** The nearest value of [min, max]. */
    public static int clamp(long v, int min, int max) {
        return (int) Math.max(min, Math.min(max, v));
    }

    private static long withoutShift(long x, int multiplier, int shift) {
        if (shift != 0) {
            throw new ArithmeticException("a rescale shifts by " + shift + " bits (allowed: 0 to " + MAX_SHIFT + ")");
        }
        return Math.multiplyExact(x, (long) multiplier);
    }

    private static void requireNotNegative(int multiplier) {
        if (multiplier < 0) {
            throw new ArithmeticException("double rounding takes a multiplier of 0 or more, found " + multiplier);
        }
    }

    // x beyond 32 bits: the product p has up to 95 bits, held as high * 2^64 + low (low unsigned).
    private static long wide(long x, int multiplier, int shift, Rounding rounding) {
        if (rounding == Rounding.DOUBLE) {
            throw new ArithmeticException("double rounding takes values of 32 bits, found " + x);
        }
        long low = x * multiplier;
        long high = Math.multiplyHigh(x, (long) multiplier);
        // floor(p * 2^-n), with the n bits below kept as the rest; n is 1 to 62.
        if (high >> (shift - 1) != high >> 63) {
            throw new ArithmeticException("the rescale " + x + " * " + multiplier + " * 2^-" + shift
                    + " does not fit 64 bits; the shift is too small for values of this size");
        }
        long floor = (high << (64 - shift)) | (low >>> shift);
        long rest = low & ((1L << shift) - 1);
        return switch (rounding) {
            case SINGLE -> Math.addExact(floor, rest >>> (shift - 1));
            case HALF_EVEN -> halfEven(floor, rest, shift);
            case TOWARD_ZERO -> high < 0 && rest != 0 ? floor + 1 : floor;
            case DOUBLE -> throw new AssertionError();
        };
    }

    private static long halfEven(long floor, long rest, int shift) {
        long half = 1L << (shift - 1);
        return rest > half || (rest == half && (floor & 1) != 0) ? floor + 1 : floor;
    }
}
