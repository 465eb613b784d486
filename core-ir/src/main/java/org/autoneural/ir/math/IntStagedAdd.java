package org.autoneural.ir.math;

/**
 * Sum or difference of two tensors as TFLite and CMSIS-NN compute it: each operand is shifted left and brought to a common
 * scale with a rescale of its own, then the sum is rescaled. Three times {@link Rounding#DOUBLE}:
 * {@code y = clamp(zOut + r(r((a - zA) << l, mA, nA) ± r((b - zB) << l, mB, nB), mOut, nOut))}.
 *
 * <p>Source: TFLite reference kernels {@code add}, {@code sub}; CMSIS-NN element-wise add. See {@code docs/integer-semantics.md},
 * section 12.
 */
public final class IntStagedAdd {
    /** Greatest left shift: a value of 17 bits with sign still fits 37. */
    public static final int MAX_LEFT_SHIFT = 20;

    private IntStagedAdd() {
    }

    /**
     * One operand on the common scale, 32 bits.
     *
     * @param x value without its zero point, 17 bits with sign
     * @param leftShift l, 0 to {@value #MAX_LEFT_SHIFT}; the shifted value fits 32 bits
     * @throws ArithmeticException when it does not
     */
    public static int scaled(int x, int leftShift, int multiplier, int shift) {
        int shifted = Math.toIntExact((long) x << leftShift);
        return Math.toIntExact(Rescale.apply(shifted, multiplier, shift, Rounding.DOUBLE));
    }

    /** From the sum of two scaled operands to the stored value. */
    public static int result(int a, int b, int multiplier, int shift, int zOut, int min, int max) {
        return Rescale.requantize(Math.addExact(a, b), multiplier, shift, Rounding.DOUBLE, zOut, min, max);
    }
}
