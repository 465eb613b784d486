package org.autoneural.quantizer.observe;

import java.util.Collections;
import java.util.List;
import org.autoneural.ir.Tensor;

/**
 * One piece of calibration data: pictures, and the tokens of a conversation about them.
 *
 * @param pictures  each u8 [1, H, W, 3], as entry point {@code vision} takes it; may be empty
 * @param ids       token ids from the start of the conversation, placeholders of visual tokens included; may be empty
 * @param imageRows which of {@code ids} are placeholders: as many as the pictures have visual tokens
 */
public record CalibrationSample(List<Tensor> pictures, List<Integer> ids, List<Boolean> imageRows) {
    public CalibrationSample {
        pictures = List.copyOf(pictures);
        ids = List.copyOf(ids);
        imageRows = List.copyOf(imageRows);
        if (ids.size() != imageRows.size()) {
            throw new IllegalArgumentException("a calibration sample has " + ids.size() + " ids and " + imageRows.size()
                    + " image rows (allowed: as many)");
        }
    }

    /** Pictures alone. */
    public static CalibrationSample of(Tensor... pictures) {
        return new CalibrationSample(List.of(pictures), List.of(), List.of());
    }

    /** Tokens alone. */
    public static CalibrationSample of(List<Integer> ids) {
        return new CalibrationSample(List.of(), ids, Collections.nCopies(ids.size(), false));
    }
}
