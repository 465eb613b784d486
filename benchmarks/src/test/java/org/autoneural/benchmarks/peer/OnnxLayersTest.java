package org.autoneural.benchmarks.peer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.List;
import org.autoneural.benchmarks.layer.Layer;
import org.junit.jupiter.api.Test;

class OnnxLayersTest {
    /** One of each form; ONNX Runtime checks the rest of a model when it opens it. */
    @Test
    void onnxRuntimeTakesTheModelsAndTheirInputs() throws OrtException {
        for (Layer layer : List.of(Layer.DECODE_SQUARE_W4, Layer.VISION_POINT_S3, Layer.VISION_CONV3_S0, Layer.VISION_DEPTH5_S2)) {
            try (OrtSession session = OrtEnvironment.getEnvironment().createSession(OnnxLayers.model(layer).orElseThrow())) {
                assertThat(((TensorInfo) session.getInputInfo().get("x").getInfo()).getShape()).as(layer.name()).isEqualTo(OnnxLayers.inputShape(layer));
            }
        }
    }

    @Test
    void layersWithoutAComparableKernelHaveNoModel() {
        assertThat(OnnxLayers.model(Layer.DECODE_SCORES)).isEmpty();
    }
}
