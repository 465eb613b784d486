package org.autoneural.benchmarks.peer;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.autoneural.benchmarks.layer.Layer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** ONNX Runtime on the layers for which it has a comparable kernel, see {@link OnnxLayers}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class OnnxLayerBenchmark {
    @Param({"DECODE_GATE_UP_W4", "DECODE_DOWN_W4", "DECODE_SQUARE_W4", "PREFILL_GATE_UP_W4", "PREFILL_DOWN_W4", "PREFILL_SQUARE_W4",
        "PREFILL_GATE_UP_W8", "VISION_CONV3_S0", "VISION_POINT_S0", "VISION_POINT_S1", "VISION_POINT_S2", "VISION_POINT_S3", "VISION_DEPTH3_S1",
        "VISION_DEPTH5_S2"})
    public Layer layer;

    @Param({"1", "2"})
    public int threads;

    private OrtSession session;
    private OnnxTensor input;

    @Setup(Level.Trial)
    public void load() throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        session = environment.createSession(OnnxLayers.model(layer).orElseThrow(), options);
        long[] shape = OnnxLayers.inputShape(layer);
        long elements = 1;
        for (long extent : shape) {
            elements *= extent;
        }
        boolean isFloat = OnnxLayers.isFloat(layer);
        ByteBuffer data = ByteBuffer.allocateDirect(Math.toIntExact(elements * (isFloat ? 4 : 1))).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            if (isFloat) {
                data.putFloat(4 * i, (i * 31 % 255 - 127) / 64f);
            } else {
                data.put(i, (byte) (i * 31));
            }
        }
        input = isFloat ? OnnxTensor.createTensor(environment, data.asFloatBuffer(), shape)
                : OnnxTensor.createTensor(environment, data, shape, OnnxJavaType.UINT8);
    }

    @TearDown(Level.Trial)
    public void close() throws OrtException {
        input.close();
        session.close();
    }

    @Benchmark
    public void run() throws OrtException {
        session.run(Map.of("x", input)).close();
    }
}
