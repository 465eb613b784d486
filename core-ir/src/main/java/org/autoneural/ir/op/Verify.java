package org.autoneural.ir.op;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.autoneural.ir.DType;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.math.Rounding;

/** Checks shared by the ops' {@code verify}; each names the operand it looked at. */
final class Verify {
    private Verify() {}

    private static void require(NodeCheck check, boolean ok, Codes code, Object found, Object allowed, String remedy) {
        check.require(ok, code.name(), found, allowed, remedy);
    }

    private static String operand(NodeCheck check, int i) {
        return check.node().op().signature().operands().get(i).name() + " (%" + check.node().input(i) + ")";
    }

    private static String result(NodeCheck check, int i) {
        return check.node().op().signature().results().get(i).name() + " (%" + check.node().outputs().get(i) + ")";
    }

    /** IR101. Whether the node stands at the INTEGER stage with its integer form, so that more can be checked. */
    static boolean integerForm(NodeCheck check, Optional<?> integer) {
        boolean wanted = check.stage() == Stage.INTEGER;
        require(check, integer.isPresent() == wanted, Codes.IR101, integer.isPresent() ? "an integer form" : "no integer form",
                (wanted ? "an integer form" : "none") + " at stage " + check.stage().text(),
                wanted ? "lower the node from the QUANTIZED stage" : "");
        return wanted && integer.isPresent();
    }

    /** IR101 for an op with two integer forms, of which a node has one. */
    static boolean integerForm(NodeCheck check, Optional<?> one, Optional<?> other) {
        if (one.isPresent() && other.isPresent()) {
            require(check, false, Codes.IR101, "two integer forms", "one", "leave one of them out");
            return false;
        }
        return integerForm(check, one.isPresent() ? one : other);
    }

    /** IR102, IR103 for operand {@code i}. */
    static void zeroOfOperand(NodeCheck check, int i, int zero) {
        zero(check, operand(check, i), check.in(i), zero);
    }

    /** IR102, IR103, IR104 for result 0. */
    static void result(NodeCheck check, int zero, int min, int max) {
        zero(check, result(check, 0), check.out(0), zero);
        range(check, min, max);
    }

    /** IR104 for result 0. */
    static void range(NodeCheck check, int min, int max) {
        TensorType type = check.out(0);
        require(check, min <= max && min >= type.dtype().min() && max <= type.dtype().max(), Codes.IR104,
                "range " + min + ".." + max + " of " + result(check, 0), "a range within " + range(type.dtype()), "");
    }

    private static void zero(NodeCheck check, String what, TensorType type, int zero) {
        boolean inRange = type.dtype() == DType.S8 ? zero >= type.dtype().min() && zero <= type.dtype().max() : zero == 0;
        require(check, inRange, Codes.IR102, "zero point " + zero + " of " + what,
                type.dtype() == DType.S8 ? range(type.dtype()) : "0 for " + type.dtype().text(), "");
        type.quant().ifPresent(q -> require(check, q.zeroPoint() == zero, Codes.IR103, "zero point " + zero + " of " + what,
                q.zeroPoint() + ", as its encoding says", ""));
    }

    private static String range(DType type) {
        return type.text() + " " + type.min() + ".." + type.max();
    }

    /** IR102: operand {@code i} holds weights, so its zero point is 0. */
    static void noZero(NodeCheck check, int i, int zero) {
        require(check, zero == 0, Codes.IR102, "zero point " + zero + " of " + operand(check, i), "0: weights are symmetric", "");
    }

    /** IR102: the encoding of the weights in operand {@code i} has no zero point. */
    static void symmetric(NodeCheck check, int i) {
        check.in(i).quant().ifPresent(q -> require(check, q.zeroPoint() == 0, Codes.IR102,
                "zero point " + q.zeroPoint() + " of " + operand(check, i), "0: weights are symmetric", ""));
    }

    /** IR106 for one factor; {@code leastShift} is 0 or 1. */
    static void factor(NodeCheck check, String what, int multiplier, int shift, int leastShift) {
        require(check, shift >= leastShift && shift <= Rescale.MAX_SHIFT, Codes.IR106, what + "shift " + shift,
                leastShift + ".." + Rescale.MAX_SHIFT, "");
        require(check, multiplier >= 0, Codes.IR106, what + "multiplier " + multiplier, "at least 0",
                "ratios of scales are positive");
    }

    /** IR106: double rounding takes 32-bit sums. */
    static void rounding(NodeCheck check, Rounding rounding, Accumulator accumulator) {
        number(check, rounding != Rounding.DOUBLE || accumulator.bits() <= Integer.SIZE,
                "rounding double with accumulator " + name(accumulator), "an accumulator of 32 bits, or another rounding");
    }

    /** IR106: four paddings that are smaller than the window. */
    static void window(NodeCheck check, java.util.List<Integer> pads, int kernelH, int kernelW) {
        boolean ok = pads.size() == 4 && pads.get(0) < kernelH && pads.get(2) < kernelH && pads.get(1) < kernelW && pads.get(3) < kernelW;
        number(check, ok, "pads " + pads, "four numbers below the window's extents: no window lies in the padding alone");
    }

    /** IR106: {@code ok} or found against allowed. */
    static void number(NodeCheck check, boolean ok, String found, String allowed) {
        require(check, ok, Codes.IR106, found, allowed, "");
    }

    /** IR107: the operands {@code indices} are constants. */
    static boolean constants(NodeCheck check, int... indices) {
        for (int i : indices) {
            require(check, check.constant(i).isPresent(), Codes.IR107, operand(check, i) + " computed at run time", "a constant", "");
        }
        return IntStream.of(indices).allMatch(i -> check.constant(i).isPresent());
    }

    /** IR105, IR106, IR107: operands {@code at} and {@code at + 1} are a multiplier and a shift for each of {@code channels}. */
    static void channels(NodeCheck check, int at, int channels) {
        Shape wanted = Shape.of(channels);
        for (int i = at; i <= at + 1; i++) {
            require(check, check.in(i).shape().equals(wanted), Codes.IR105, operand(check, i) + " of shape " + check.in(i).shape(),
                    wanted + ", one for each output channel", "");
        }
        boolean fit = check.in(at).shape().equals(wanted) && check.in(at + 1).shape().equals(wanted);
        if (!constants(check, at, at + 1) || !fit) {
            return;
        }
        int[] multiplier = check.constant(at).orElseThrow().toInts();
        int[] shift = check.constant(at + 1).orElseThrow().toInts();
        // One finding a node is enough: a wrong encoder gets all channels wrong.
        IntStream.range(0, channels).filter(c -> multiplier[c] < 0 || shift[c] < 0 || shift[c] > Rescale.MAX_SHIFT).findFirst()
                .ifPresent(c -> factor(check, "channel " + c + " with ", multiplier[c], shift[c], 0));
    }

    /** IR108. */
    static void accumulator(NodeCheck check, Accumulator accumulator, AccumulatorProof proof) {
        require(check, proof.fits(accumulator), Codes.IR108,
                "accumulator " + name(accumulator) + ", but channel " + proof.channel()
                        + " can reach " + proof.bound() + ", which needs " + proof.bits() + " bits",
                "at most " + accumulator.bits() + " bits",
                proof.narrowest().map(a -> "use accumulator " + name(a)).orElse("use narrower operands, or split the sum"));
    }

    /** IR102, IR107, IR108 for a sum with constant weights (operand {@code w}) and bias (operand {@code bias}). */
    static void weights(NodeCheck check, Accumulator accumulator, int zeroIn, int w, int bias) {
        symmetric(check, w);
        if (constants(check, w, bias)) {
            TensorData weights = check.constant(w).orElseThrow();
            TensorData offsets = check.constant(bias).orElseThrow();
            // a wide accumulator holds whatever the weights are: then they need not be read
            long taps = weights.elements() / Math.max(1, weights.shape().dim(0));
            AccumulatorProof anyWeights = AccumulatorProof.ofTypes(check.in(0).dtype(), zeroIn, weights.dtype(), taps, offsets);
            accumulator(check, accumulator, anyWeights.fits(accumulator) ? anyWeights
                    : AccumulatorProof.of(check.in(0).dtype(), zeroIn, weights, Optional.of(offsets)));
        }
    }

    private static String name(Accumulator accumulator) {
        return accumulator.name().toLowerCase(Locale.ROOT);
    }

    /** IR109. */
    static void layout(NodeCheck check, Layout layout) {
        require(check, check.stage() != Stage.INTEGER || layout == Layout.NHWC, Codes.IR109, "layout nchw", "nhwc",
                "run pass to-nhwc before the lowering");
    }

    /** IR110, after the lowering: the operands {@code indices} and all results have one element type and one encoding. */
    static void moved(NodeCheck check, int... indices) {
        if (check.stage() == Stage.QUANTIZED) {
            return; // encodings may still differ: the lowering requantizes operands
        }
        TensorType first = check.in(indices[0]);
        for (int i : Arrays.copyOfRange(indices, 1, indices.length)) {
            same(check, operand(check, i), check.in(i), operand(check, indices[0]), first);
        }
        for (int i = 0; i < check.node().outputs().size(); i++) {
            same(check, result(check, i), check.out(i), operand(check, indices[0]), first);
        }
    }

    /** IR110 for operands {@code indices} and result {@code result}. */
    static void shared(NodeCheck check, int a, int b, int result) {
        same(check, operand(check, b), check.in(b), operand(check, a), check.in(a));
        same(check, result(check, result), check.out(result), operand(check, a), check.in(a));
    }

    private static void same(NodeCheck check, String what, TensorType type, String reference, TensorType wanted) {
        boolean sameEncoding = type.quant().isEmpty() || wanted.quant().isEmpty()
                || type.quant().get().sameEncoding(wanted.quant().get());
        require(check, type.dtype() == wanted.dtype() && sameEncoding, Codes.IR110, what + " " + encoding(type),
                encoding(wanted) + ", as " + reference, "tie the encodings, or requantize the operand first");
    }

    private static String encoding(TensorType type) {
        return type.quant().map(QuantParams::toString).orElse(type.dtype().text());
    }

    /** IR111: the table in operand {@code i} fits operand 0 and result 0. */
    static void table(NodeCheck check, int i) {
        int entries = check.in(i).shape().rank() == 1 ? check.in(i).shape().dim(0) : 0;
        DType x = check.in(0).dtype();
        boolean length = x == DType.S8 ? entries == 256
                : Integer.bitCount(entries - 1) == 1 && entries - 1 >= 1 << 8 && entries - 1 <= 1 << 12;
        require(check, length && check.in(i).dtype() == x, Codes.IR111, operand(check, i) + " " + check.in(i) + " for " + x.text(),
                x == DType.S8 ? "s8[256]" : "s16[2^b + 1] with 8 <= b <= 12", "");
        if (constants(check, i)) {
            TensorData table = check.constant(i).orElseThrow();
            DType y = check.out(0).dtype();
            Arrays.stream(table.toInts()).filter(v -> v < y.min() || v > y.max()).findFirst().ifPresent(v ->
                    require(check, false, Codes.IR111, "entry " + v + " of " + operand(check, i), range(y) + ", the result's type", ""));
        }
    }

    /** IR112. */
    static void innermost(NodeCheck check, int axis, int longest) {
        Shape x = check.in(0).shape();
        require(check, axis == x.rank() - 1 && x.dim(-1) <= longest, Codes.IR112, "axis " + axis + " of " + x,
                "the innermost axis, of at most " + longest, "run pass to-nhwc before the lowering");
    }

    /** IR113. */
    static void softmax(NodeCheck check, boolean ok, TensorRescale found, String allowed) {
        require(check, ok, Codes.IR113, found, allowed, "");
    }
}
