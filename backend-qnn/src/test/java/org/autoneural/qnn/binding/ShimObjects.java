package org.autoneural.qnn.binding;

/** Objects that are alive in the shim, for tests outside this package. */
public final class ShimObjects {
    private ShimObjects() {
    }

    public static long live() {
        return Shim.aqnn_live_objects();
    }
}
