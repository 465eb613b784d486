package org.autoneural.quantizer.optimize;

import org.autoneural.quantizer.observe.TensorSink;

/** Largest magnitude of each index of a value's last axis. */
final class ChannelMax implements TensorSink {
    private final float[] max;

    ChannelMax(int channels) {
        this.max = new float[channels];
    }

    @Override
    public void observe(float[] values, int from, int count) {
        for (int i = 0; i < count; i++) {
            int c = i % max.length;
            max[c] = Math.max(max[c], Math.abs(values[from + i]));
        }
    }

    float[] max() {
        return max;
    }
}
