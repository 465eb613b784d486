package org.autoneural.ir.pass;

import java.util.List;

/** The written list of all passes and the standard pipeline. */
public final class Passes {
    private Passes() {}

    /** Every pass, in the order of the pipeline. */
    public static List<Pass> all() {
        return standard();
    }

    /** FLOAT to FLOAT: exact folds, fusions and the layout change, before calibration. */
    public static List<Pass> standard() {
        return List.of(new FoldConstants(), new FusePad(), new FuseBias(), new FoldLayerScale(), new FoldUniformScale(),
                new FoldNormGain(), new ToNhwc(), new SimplifyMovement(), new PointwiseToLinear(), new CommonSubexpressions(),
                new DeadCode());
    }
}
