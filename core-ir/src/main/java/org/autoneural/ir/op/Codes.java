package org.autoneural.ir.op;

/** Diagnostic codes of {@link Op#verify}; the docs list them from here. The verifier itself gives IR001 to IR019. */
public enum Codes {
    IR101("The integer form (attribute integer) is there exactly at the INTEGER stage"),
    IR102("A zero point lies in the range of its tensor's type; s16 tensors and weights have none"),
    IR103("A zero point equals that of the encoding which the tensor's type carries"),
    IR104("The result range min..max is not empty, lies in the result's type and contains what the op can give"),
    IR105("There is one multiplier and one shift for each output channel"),
    IR106("Multipliers, shifts and the norm's epsilon lie in the range that the arithmetic takes"),
    IR107("Weights, tables, multipliers and shifts are constants"),
    IR108("The accumulator holds the greatest sum that these weights can give"),
    IR109("The INTEGER stage has one layout, NHWC"),
    IR110("Data that is moved, not computed, keeps its type and its encoding"),
    IR111("A table fits its operand: s8 takes 256 s8 entries, s16 takes 2^b + 1 s16 entries with 8 <= b <= 12"),
    IR112("Integer norms run over the innermost axis, of a length that their sums hold"),
    IR113("Integer softmax rounds half up and gives s16 with zero 0 or s8 with zero -128");

    private final String meaning;

    Codes(String meaning) {
        this.meaning = meaning;
    }

    /** The rule that was broken, as a sentence. */
    public String meaning() {
        return meaning;
    }
}
