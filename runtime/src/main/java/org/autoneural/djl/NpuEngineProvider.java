package org.autoneural.djl;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineProvider;

/** Makes {@link NpuEngine} known to DJL; found with {@code ServiceLoader}. */
public final class NpuEngineProvider implements EngineProvider {
    private static final String TRACKING = "OPT_OUT_TRACKING";

    /** DJL reports its use over the network on some cloud machines when it starts; a user's own setting wins. */
    public NpuEngineProvider() {
        if (System.getProperty(TRACKING) == null) {
            System.setProperty(TRACKING, "true");
        }
    }

    @Override
    public String getEngineName() {
        return NpuEngine.NAME;
    }

    /** Behind all engines that can do arithmetic on arrays: DJL's default engine stays what it was. */
    @Override
    public int getEngineRank() {
        return NpuEngine.RANK;
    }

    @Override
    public Engine getEngine() {
        return Holder.ENGINE;
    }

    private static final class Holder {
        static final Engine ENGINE = new NpuEngine();
    }
}
