package org.autoneural.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.autoneural.backend.Precision;
import org.autoneural.ir.Graph;
import org.autoneural.ir.pass.PassManager;
import org.autoneural.ir.pass.Passes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks are those that were published: parameters to the last one, multiply-adds to three digits. */
class ZooTest {
    private static long macs(Graph graph) {
        return graph.nodes().stream().mapToLong(n -> n.op().cost(graph.types(n.inputs()), graph.types(n.outputs())).macs()).sum();
    }

    /**
     * Sources: torchvision's tables of pre-trained weights (num_params, GFLOPS at 224 pixels, 520 for fcn_resnet50 without its
     * auxiliary head); Hugging Face's model pages for BERT and kin; Ultralytics' tables; milesial/Pytorch-UNet; HRNet's README; YOLOX's
     * README (8.97 M; 26.8 GFLOPS, which count two for a multiply-add, and batch norms); the page of ai-hub-models for DeepLabV3+ (5.80 M
     * with batch norms folded; its multiply-adds are our own count, none is published). YOLOv6's README (4.7 M; 11.4 GFLOPS, two for a
     * multiply-add); YOLOv7's paper (6.2 M; 13.8 GFLOPS); GPUNet's paper (11.9 M; 3.25 at 320 pixels, where we count 3.31). The pages of
     * ai-hub-models for PPE-Detection (6.19 M with batch norms folded), MediaPipe (106 K), BGNet (77.8 M) and LaMa (45.6 M), whose
     * multiply-adds are our own count; MobileBERT's page (24.6 M without its head, which has 12,014,650). CavaFace (65.5 M),
     * ALBERT with its masked-word head (11.2 M), TrOCR-small's encoder (23.0 M with what its decoder's cross attention reads) and
     * HRNetV2-W18 (9.66 M with 98 marks, where ours has 29): parameters as published, multiply-adds our own count. The auxiliary classifiers of GoogLeNet and
     * Inception v3 are left out of both.
     */
    @ParameterizedTest
    @CsvSource({
        "resnet18, 11689512, 1.814", "resnet34, 21797672, 3.664", "resnet50, 25557032, 4.089", "resnet101, 44549160, 7.801",
        "resnet152, 60192808, 11.514", "wideresnet50, 68883240, 11.398", "resnext50, 25028904, 4.230", "resnext101, 88791336, 16.414",
        "mobilenet_v2, 3504872, 0.301", "mobilenet_v3_large, 5483032, 0.217", "mobilenet_v3_small, 2542856, 0.057",
        "mnasnet05, 2218512, 0.104", "efficientnet_b0, 5288548, 0.386", "regnet, 15296552, 3.177", "regnet_y_800mf, 6432512, 0.834",
        "convnext_tiny, 28589128, 4.456", "convnext_base, 88591464, 15.355", "googlenet, 6624904, 1.498", "inception_v3, 23834568, 2.838",
        "squeezenet1_1, 1235496, 0.349", "shufflenet_v2, 1366792, 0.040", "densenet121, 7978856, 2.834", "vit, 86567656, 17.564",
        "beit, 86530984, 17.564", "openai_clip, 149620736, 20.543", "electra_bert_base_discrim_google, 109483009, 35.560",
        "bert_base_uncased_hf, 109514298, 44.561", "distil_bert_base_uncased_hf, 66985530, 26.894", "nomic_embed_text, 136731648, 14.798",
        "fcn_resnet50, 32957013, 142.726", "unet_segmentation, 31037698, 602.145", "yolov8_det, 3157200, 4.372", "yolov8_seg, 3409968, 6.001",
        "yolox, 8968255, 13.343", "deeplabv3_plus_mobilenet, 5816053, 26.937",
        "yolov6, 4649212, 5.658", "yolov7, 6227101, 6.850", "gpunet, 11885432, 1.623", "gear_guard_net, 6200991, 0.891",
        "mediapipe_selfie, 106401, 0.059", "bgnet, 77803714, 58.240", "lama_dilated, 45645379, 208.692",
        "mobile_bert_uncased_google, 36596538, 14.784", "hrnet_pose, 28536113, 7.645", "hrnet_face, 9643829, 4.617", "cavaface, 65502016, 12.077",
        "albert_base_v2_hf, 11221680, 36.883", "trocr/TrOCREncoder, 22995072, 16.204", "efficientnet_b4, 19341616, 1.504", "efficientnet_v2_s, 21458488, 2.850"})
    void parametersAndWorkAreThePublishedOnes(String name, long parameters, double giga) {
        Network network = Zoo.build(name, OptionalInt.empty());
        assertThat(network.parameters()).isEqualTo(parameters);
        assertThat(macs(network.program().entryPoints().get(0)) / 1e9).isCloseTo(giga, within(0.0006));
    }

    @ParameterizedTest
    @CsvSource({"mobilenetv5-300m, 294126912", "internvit-300m, 304012288", "lfm2-1.2b, 1170340608", "internlm2-1.8b, 1889110016"})
    void fullSizeModelsHaveTheirParameters(String name, long parameters) {
        assertThat(Zoo.build(name, OptionalInt.empty()).parameters()).isEqualTo(parameters);
    }

    /** Each compiles: the passes run, and the verifier finds nothing around them. */
    @Test
    void everyNetworkGoesThroughThePasses() {
        PassManager passes = new PassManager(Passes.standard());
        for (String name : Zoo.names()) {
            Network network = Zoo.build(name, OptionalInt.empty());
            long before = network.program().entryPoints().stream().mapToLong(ZooTest::macs).sum();
            long after = passes.run(network.program()).entryPoints().stream().mapToLong(ZooTest::macs).sum();
            assertThat(after).as(name).isEqualTo(before);
        }
    }

    @Test
    void sizesCanBeChosenAndMistakesAreNamed() {
        assertThat(macs(Zoo.build("resnet50", OptionalInt.of(448)).program().entryPoints().get(0)) / 1e9).isCloseTo(16.35, within(0.1));
        assertThatThrownBy(() -> Zoo.build("resnet49", OptionalInt.empty())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no network 'resnet49'; there are resnet18, resnet34, resnet50");
        assertThatThrownBy(() -> Zoo.build("resnet50", OptionalInt.of(0))).hasMessageContaining("must be 1 to 16384");
        assertThatThrownBy(() -> Zoo.build("internvit-300m", OptionalInt.of(450))).hasMessageContaining("multiple of 28");
        assertThatThrownBy(() -> Zoo.build("squeezenet1_1", OptionalInt.of(5))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot take this input size, 5");
        assertThatThrownBy(() -> Zoo.build("lama_dilated", OptionalInt.of(16384))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot take this input size, 16384").hasMessageContaining("at most 2147483647");
    }

    @Test
    void measurementsAreReadByTheRules() {
        Measurements.Result result = Measurements.read(List.of("model,component,precision,runtime,ms,npu_layers,total_layers,status",
                "resnet18,R,float,a,2,5,5,Passed", "resnet18,R,float,b,2.42,5,5,Passed", "resnet18,R,w8a8,a,3,5,5,Passed",
                "resnet50,R,float,a,4,4,5,Passed", "resnet50,R,w8a8,a,1,5,5,Passed", "resnet50,R,w8a8,b,1.6,5,5,Passed",
                "unknown,R,w8a8,a,1,5,5,Passed", ""));
        assertThat(result.used()).singleElement().satisfies(m -> {
            assertThat(m.network()).isEqualTo("resnet18");
            assertThat(m.precision()).isEqualTo(Precision.FP16);
            assertThat(m.ms()).isCloseTo(2.2, within(1e-9));
        });
        assertThat(result.leftOut()).extracting(m -> m.network() + " " + m.precision().text()).containsExactly("resnet18 w8a8", "resnet50 w8a8");
        assertThat(result.unknown()).containsExactly("unknown/R");
        assertThat(result.excluded()).hasSize(3).anyMatch(l -> l.contains("slower than its floats")).anyMatch(l -> l.contains("runtimes differ"))
                .anyMatch(l -> l.contains("partly on the CPU"));
        Stream.of("model,ms", "model,precision,ms\nresnet18,w8a8", "model,precision,ms\nresnet18,w8a8,fast", "model,precision,ms\nresnet18,w9,1",
                "model,precision,ms\nresnet18,w8a8,-1").forEach(text -> assertThatThrownBy(() -> Measurements.read(List.of(text.split("\n"))))
                        .isInstanceOf(IllegalArgumentException.class));
    }
}
