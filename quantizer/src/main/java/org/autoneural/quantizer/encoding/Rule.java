package org.autoneural.quantizer.encoding;

import org.autoneural.ir.DType;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.QuantParams.Origin;
import org.autoneural.quantizer.recipe.RangeKind;

/** Where the encoding of one value comes from. Decided from the graphs alone, before anything is measured. */
sealed interface Rule {
    /** An activation: the range of {@code rangeOf} (most often the value itself), as an observer of kind {@code kind} saw it. */
    record Measured(DType storage, boolean symmetric, String rangeOf, RangeKind kind) implements Rule {}

    /** The encoding of another value. */
    record SameAs(String value, Origin origin) implements Rule {}

    /** An encoding that the op prescribes. */
    record Fixed(QuantParams quant) implements Rule {}

    /** A norm's gain: symmetric, per tensor, from its own values; {@code bits} of s8 or s16, always in an s16 container. */
    record Gain(DType bits) implements Rule {}

    /** A constant read like an activation (position embeddings): per tensor, from its own values. */
    record FromValues(DType storage, boolean symmetric) implements Rule {}

    /** A weight: symmetric, one scale for each index of axis 0; {@code search}: the share of the largest magnitude with least error. */
    record Weight(DType storage, boolean search) implements Rule {}

    /** A bias: scale of {@code x} times scale of {@code w[c]}; s32, or s64 if it does not fit. */
    record Bias(String x, String w) implements Rule {}

    /** A layer norm's offset: {@code scale of y * 2^-fineBits}, s32. */
    record Beta(String y) implements Rule {}

    /** A picture's multiplier (s32) and offset (s64): {@code scale of y * 2^-shift}; {@code scale} decides the shift. */
    record Image(DType storage, String y, String scale) implements Rule {}

    /** An encoding from a file. */
    record Imported(QuantParams quant) implements Rule {}
}
