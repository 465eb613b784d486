package org.autoneural.quantizer.optimize;

import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorViews;
import org.autoneural.ir.op.Conv2d;

/** The weights of a layer by input channel. */
final class InputChannels {
    private InputChannels() {}

    /** Axis of the weight that runs over the input channels; -1 for a grouped convolution that is not depthwise. */
    static int axis(Layer layer) {
        if (layer.node().op() instanceof Conv2d conv) {
            int channels = layer.xShape().dim(conv.layout().channelAxis());
            boolean depthwise = conv.groups() == channels && layer.outputs() == channels;
            return conv.groups() == 1 ? conv.layout().channelAxis() : depthwise ? 0 : -1;
        }
        return 1;
    }

    /** Largest magnitude of the weights of each input channel. */
    static float[] max(Layer layer, int channels) {
        int axis = axis(layer);
        int inner = layer.data().shape().inner(axis);
        float[] max = new float[channels];
        for (int o = 0; o < layer.outputs(); o++) {
            float[] row = layer.row(o);
            for (int k = 0; k < row.length; k++) {
                int c = axis == 0 ? o : k / inner % channels;
                max[c] = Math.max(max[c], Math.abs(row[k]));
            }
        }
        return max;
    }

    /** The weights times {@code factors[c]} for input channel c. */
    static TensorData scaled(Layer layer, float[] factors) {
        return TensorViews.scaled(layer.data(), axis(layer), factors);
    }
}
