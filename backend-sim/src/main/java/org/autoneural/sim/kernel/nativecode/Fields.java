package org.autoneural.sim.kernel.nativecode;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.sim.kernel.Memory;
import org.autoneural.sim.kernel.Slot;

/** The plain data of a call: fields in the order of an enum, arrays of one element type. */
final class Fields {
    /** Most rows whose sums a thread keeps: with the operand's rows and a panel they stay in a second-level cache of 512 KiB. */
    private static final int MAX_BLOCK_ROWS = 192;
    /** A multiple of the rows that the inner loops take at once. */
    private static final int ROW_STEP = 12;
    /** Products of a call, some milliseconds: no garbage collection can run during one. */
    private static final long MAX_CALL_PRODUCTS = 1L << 27;

    private Fields() {
    }

    /** The fields' names as the library lists them. */
    static String names(Enum<?>[] fields) {
        return Arrays.stream(fields).map(f -> f.name().toLowerCase(Locale.ROOT) + " ").collect(Collectors.joining());
    }

    /** Rows of a block: blocks are even and, but for the last, whole steps of the inner loops. */
    static int blockRows(int rows) {
        int blocks = (rows + MAX_BLOCK_ROWS - 1) / MAX_BLOCK_ROWS;
        int each = (rows + blocks - 1) / blocks;
        return Math.min(rows, (each + ROW_STEP - 1) / ROW_STEP * ROW_STEP);
    }

    /** Units that one call may take. */
    static int unitsOfCall(int units, long products) {
        return (int) Math.max(1, Math.min(units, MAX_CALL_PRODUCTS * units / Math.max(1, products)));
    }

    /**
     * Fills the fields that {@code an_rescale} has, with which both structures begin.
     *
     * @param filled    what {@link NativeCalls#scaleFill} returned
     * @param biasBound greatest magnitude of a bias
     */
    static void rescale(int[] fields, ChannelRescale rule, int filled, long biasBound, Slot y) {
        // Bounds less the zero point must fit 16 bits for the fastest way.
        int fast = rule.zeroOut() != 0 && !y.isBytes() ? Math.min(filled, 1) : filled;
        fields[MatrixField.ACCUMULATOR.ordinal()] = rule.accumulator().ordinal();
        fields[MatrixField.ROUNDING.ordinal()] = rule.rounding().ordinal();
        fields[MatrixField.ZERO_OUT.ordinal()] = rule.zeroOut();
        fields[MatrixField.MIN.ordinal()] = rule.min();
        fields[MatrixField.MAX.ordinal()] = rule.max();
        fields[MatrixField.FAST.ordinal()] = rule.rounding() == Rounding.SINGLE ? fast : 0;
        fields[MatrixField.BIAS_BOUND.ordinal()] = (int) Math.min(biasBound, Integer.MAX_VALUE);
        fields[MatrixField.Y_AT.ordinal()] = y.offset();
        fields[MatrixField.Y_BYTES.ordinal()] = width(y);
    }

    /** Whether the library takes the type of {@code slot}. */
    static boolean isActivation(Slot slot) {
        return slot.type().dtype() == DType.S8 || slot.type().dtype() == DType.S16;
    }

    /** Whether {@code slot} is of s16. */
    static boolean isShorts(Slot slot) {
        return slot.type().dtype() == DType.S16;
    }

    /** Whether the high halves of 64-bit products are all that such a rescale needs. */
    static boolean isHigh(int shift, Rounding rounding) {
        return rounding == Rounding.SINGLE && shift > 32 && shift <= Rescale.MAX_SHIFT;
    }

    static Shape shape(Slot slot) {
        return slot.type().shape();
    }

    /** 1 for s8, 2 for s16. */
    static int width(Slot slot) {
        return slot.isBytes() ? 1 : 2;
    }

    /** The slot's array if that is of bytes, else null, which the library then does not ask for. */
    static byte[] bytes(Slot slot, Memory memory) {
        return slot.isBytes() ? slot.bytes(memory) : null;
    }

    /** As above for shorts. */
    static short[] shorts(Slot slot, Memory memory) {
        return slot.isBytes() ? null : slot.shorts(memory);
    }
}
