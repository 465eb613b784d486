package org.autoneural.ir.op;

import org.autoneural.ir.math.IntStagedAdd;

/**
 * Sum or difference of two tensors with three roundings ({@link IntStagedAdd}): each operand goes to a common scale by
 * {@code << leftShift} and a rescale of its own, the sum by another to the result. For models made by TFLite.
 *
 * @param subtract whether b is subtracted
 */
public record StagedSum(boolean subtract, int leftShift, int multiplierA, int shiftA, int multiplierB, int shiftB,
        int multiplierOut, int shiftOut, int zeroA, int zeroB, int zeroOut, int min, int max) {
    /** One element of the result from one of each operand. */
    public int apply(int a, int b) {
        int scaledA = IntStagedAdd.scaled(a - zeroA, leftShift, multiplierA, shiftA);
        int scaledB = IntStagedAdd.scaled(b - zeroB, leftShift, multiplierB, shiftB);
        return IntStagedAdd.result(scaledA, subtract ? -scaledB : scaledB, multiplierOut, shiftOut, zeroOut, min, max);
    }

    /** What {@link Op#verify} asks of an op with this form. */
    void verify(NodeCheck check) {
        Verify.zeroOfOperand(check, 0, zeroA);
        Verify.zeroOfOperand(check, 1, zeroB);
        Verify.result(check, zeroOut, min, max);
        Verify.factor(check, "operand a: ", multiplierA, shiftA, 0);
        Verify.factor(check, "operand b: ", multiplierB, shiftB, 0);
        Verify.factor(check, "result: ", multiplierOut, shiftOut, 0);
        fits(check, 0, zeroA, multiplierA, shiftA);
        fits(check, 1, zeroB, multiplierB, shiftB);
    }

    /** A shifted operand has 32 bits, and a scaled one 31, so that their sum has 32. */
    private void fits(NodeCheck check, int operand, int zero, int multiplier, int shift) {
        long most = Math.max(check.in(operand).dtype().max() - zero, zero - check.in(operand).dtype().min());
        boolean left = leftShift >= 0 && leftShift <= IntStagedAdd.MAX_LEFT_SHIFT && most << leftShift <= 1L << 31;
        Verify.number(check, left, "leftShift " + leftShift + " of values up to " + most, "0 to " + IntStagedAdd.MAX_LEFT_SHIFT
                + ", and a shifted value of 32 bits");
        // most * 2^leftShift * multiplier < 2^62 here, so the bound is exact enough: 2^30 leaves room for the rounding.
        Verify.number(check, !left || shift < 0 || (most << leftShift) * multiplier >> Math.min(62, shift) <= 1L << 30,
                "multiplier " + multiplier + " with shift " + shift, "a ratio that keeps each scaled operand below 2^30");
    }
}
