package org.autoneural.ir.pass;

import java.util.ArrayList;
import java.util.List;

/** The written list of all passes and the two pipelines. */
public final class Passes {
    private Passes() {}

    /** Every pass once, in the order of the pipelines. */
    public static List<Pass> all() {
        List<Pass> all = new ArrayList<>(standard());
        integer().stream().filter(p -> all.stream().noneMatch(q -> q.name().equals(p.name()))).forEach(all::add);
        return List.copyOf(all);
    }

    /** FLOAT to FLOAT: exact folds, fusions and the layout change, before calibration. */
    public static List<Pass> standard() {
        return List.of(new FoldConstants(), new FusePad(), new FuseBias(), new FoldLayerScale(), new FoldUniformScale(),
                new FoldNormGain(), new ToNhwc(), new SimplifyMovement(), new PointwiseToLinear(), new CommonSubexpressions(),
                new DeadCode());
    }

    /**
     * {@link #standard} without the fold of norm gains into the columns of weights: for encodings that were made for the weights
     * of a checkpoint. What is left changes a weight by a factor a row at most.
     */
    public static List<Pass> keepingColumns() {
        return standard().stream().filter(p -> !(p instanceof FoldNormGain)).toList();
    }

    /** INTEGER to INTEGER, after the lowering. */
    public static List<Pass> integer() {
        return List.of(new FuseClamp(), new CommonSubexpressions(), new DeadCode());
    }
}
