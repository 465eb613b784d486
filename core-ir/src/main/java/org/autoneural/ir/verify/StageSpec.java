package org.autoneural.ir.verify;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.autoneural.ir.DType;
import org.autoneural.ir.Stage;

/**
 * What may appear at a stage, as data. Ops add their own stages and types in their signatures.
 *
 * @param valueTypes  element types of inputs, results and constants
 * @param encodings   whether activations carry encodings
 * @param description one line for the docs
 */
public record StageSpec(Set<DType> valueTypes, Encodings encodings, String description) {
    /** Whether activations carry encodings. */
    public enum Encodings {
        /** No value has one. */
        NONE,
        /** Every f32 value has one. */
        REQUIRED,
        /** Values may have one; if so its storage is the element type. */
        INFORMATIVE
    }

    private static final Set<DType> INDEX = EnumSet.of(DType.U8, DType.S32);

    private static final Map<Stage, StageSpec> ALL = Map.of(
            Stage.FLOAT, new StageSpec(with(DType.F32), Encodings.NONE, "f32 as in the checkpoint; indices and pictures are integers"),
            Stage.QUANTIZED, new StageSpec(with(DType.F32), Encodings.REQUIRED, "f32, and every f32 value carries an encoding with an origin"),
            Stage.INTEGER, new StageSpec(with(DType.S4, DType.S8, DType.S16, DType.S64), Encodings.INFORMATIVE,
                    "integers only; every rescale, table and accumulator width is explicit"));

    private static Set<DType> with(DType... types) {
        Set<DType> all = EnumSet.copyOf(INDEX);
        all.addAll(Set.of(types));
        return all;
    }

    /** What {@code stage} allows. */
    public static StageSpec of(Stage stage) {
        return ALL.get(stage);
    }
}
