package org.autoneural.model.zoo;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.verify.Verifier;
import org.autoneural.ir.verify.VerifyException;
import org.autoneural.model.PublicModels;
import org.autoneural.model.zoo.Net.Window;

/** The written list of the networks. Names are those of github.com/qualcomm/ai-hub-models, whose measurements calibrate the latency model. */
public final class Zoo {
    private static final int MOST_PIXELS = 16_384;

    /**
     * A network that can be built.
     *
     * @param name    as in the measurements
     * @param family  networks of one family resemble each other
     * @param height  rows of the picture, or tokens of the text
     * @param width   columns of the picture; 0 for a text
     * @param builder from net and input to graph
     */
    private record Entry(String name, String family, int height, int width, BiFunction<Net, String, Graph> builder) {}

    private static final List<Entry> ALL = List.of(
            square("resnet18", "resnet", 224, (n, x) -> n.classify(ResNets.basic(n, x, new int[] {2, 2, 2, 2}, 64), 1000)),
            square("resnet34", "resnet", 224, (n, x) -> n.classify(ResNets.basic(n, x, new int[] {3, 4, 6, 3}, 64), 1000)),
            bottleneck("resnet50", "resnet", new int[] {3, 4, 6, 3}, 1, 64),
            bottleneck("resnet101", "resnet", new int[] {3, 4, 23, 3}, 1, 64),
            bottleneck("resnet152", "resnet", new int[] {3, 8, 36, 3}, 1, 64),
            bottleneck("wideresnet50", "resnet", new int[] {3, 4, 6, 3}, 1, 128),
            bottleneck("resnext50", "resnext", new int[] {3, 4, 6, 3}, 32, 128),
            bottleneck("resnext101", "resnext", new int[] {3, 4, 23, 3}, 32, 256),
            square("mobilenet_v2", "mobilenet", 224, (n, x) -> n.classify(MobileNets.v2(n, x), 1000)),
            square("mobilenet_v3_large", "mobilenet", 224, (n, x) -> n.finish(MobileNets.v3(n, x, true))),
            square("mobilenet_v3_small", "mobilenet", 224, (n, x) -> n.finish(MobileNets.v3(n, x, false))),
            square("mnasnet05", "mobilenet", 224, (n, x) -> n.classify(MobileNets.mnas(n, x, 0.5), 1000)),
            square("efficientnet_b0", "efficientnet", 224, (n, x) -> n.classify(MobileNets.efficient(n, x, 1, 1), 1000)),
            square("efficientnet_b4", "efficientnet", 224, (n, x) -> n.classify(MobileNets.efficient(n, x, 1.4, 1.8), 1000)),
            square("efficientnet_v2_s", "efficientnet", 224, (n, x) -> n.classify(MobileNets.efficientV2Small(n, x), 1000)),
            square("gpunet", "efficientnet", 224, (n, x) -> n.classify(MobileNets.gpuNet0(n, x), 1000)),
            square("regnet", "regnet", 224, (n, x) -> n.classify(OtherClassifiers.regnet(n, x, new int[] {2, 6, 15, 2},
                    new int[] {96, 192, 432, 1008}, 48, false), 1000)),
            square("regnet_y_800mf", "regnet", 224, (n, x) -> n.classify(OtherClassifiers.regnet(n, x, new int[] {1, 3, 8, 2},
                    new int[] {64, 144, 320, 784}, 16, true), 1000)),
            square("convnext_tiny", "convnext", 224, (n, x) -> n.finish(OtherClassifiers.convNext(n, x, new int[] {3, 3, 9, 3}, 96))),
            square("convnext_base", "convnext", 224, (n, x) -> n.finish(OtherClassifiers.convNext(n, x, new int[] {3, 3, 27, 3}, 128))),
            square("googlenet", "inception", 224, (n, x) -> n.classify(Inceptions.googleNet(n, x), 1000)),
            square("inception_v3", "inception", 224, (n, x) -> n.classify(Inceptions.v3(n, x), 1000)),
            square("squeezenet1_1", "squeezenet", 224, (n, x) -> n.finish(OtherClassifiers.squeezeNet11(n, x))),
            square("shufflenet_v2", "shufflenet", 224, (n, x) -> n.classify(OtherClassifiers.shuffleNetV2(n, x, new int[] {4, 8, 4},
                    new int[] {48, 96, 192}, 1024), 1000)),
            square("densenet121", "densenet", 224, (n, x) -> n.classify(OtherClassifiers.denseNet(n, x, new int[] {6, 12, 24, 16}, 32), 1000)),
            square("vit", "vit", 224, (n, x) -> n.finish(Transformers.vitBase(n, x))),
            square("beit", "vit", 224, (n, x) -> n.finish(Transformers.beitBase(n, x))),
            square("openai_clip", "vit", 224, (n, x) -> n.finish(Transformers.clip(n, x, n.ids(77)))),
            square("trocr/TrOCREncoder", "vit", 384, (n, x) -> n.finish(Transformers.trOcrEncoder(n, x))),
            text("electra_bert_base_discrim_google", "bert", 384, (n, x) -> n.finish(Transformers.bert(n, x, 12, 2, false))),
            text("bert_base_uncased_hf", "bert", 384, (n, x) -> n.finish(Transformers.bert(n, x, 12, 2, true))),
            text("distil_bert_base_uncased_hf", "bert", 384, (n, x) -> n.finish(Transformers.bert(n, x, 6, 0, true))),
            text("mobile_bert_uncased_google", "bert", 384, (n, x) -> n.finish(Transformers.mobileBert(n, x))),
            text("albert_base_v2_hf", "bert", 384, (n, x) -> n.finish(Transformers.albert(n, x))),
            text("nomic_embed_text", "bert", 128, (n, x) -> n.finish(Transformers.nomic(n, x))),
            picture("yamnet", "mobilenet", 96, 64, (n, x) -> n.classify(OtherClassifiers.mobileNetV1(n, x), 521)),
            square("deepbox/VGG3DDetection", "vgg", 224, Zoo::boxes),
            square("fcn_resnet50", "segmentation", 520, (n, x) -> n.finish(ResNets.fcnHead(n,
                    ResNets.bottleneck(n, x, new int[] {3, 4, 6, 3}, 1, 64, true), n.height(x), n.width(x)))),
            picture("unet_segmentation", "unet", 640, 1280, (n, x) -> n.finish(Dense.unet(n, x))),
            square("yolov8_det", "yolo", 640, (n, x) -> n.finish(Dense.yolo8(n, x, 0.33, 0.25, 1024, 80, false))),
            square("yolov8_seg", "yolo", 640, (n, x) -> n.finish(Dense.yolo8(n, x, 0.33, 0.25, 1024, 80, true))),
            square("fastsam_s", "yolo", 640, (n, x) -> n.finish(Dense.yolo8(n, x, 0.33, 0.5, 1024, 1, true))),
            square("fastsam_x", "yolo", 640, (n, x) -> n.finish(Dense.yolo8(n, x, 1, 1.25, 512, 1, true))),
            square("yolov6", "yolo", 640, (n, x) -> n.finish(YoloV6.nano(n, x))),
            square("yolov7", "yolo", 640, (n, x) -> n.finish(YoloV7.tiny(n, x))),
            square("yolox", "yolo", 640, (n, x) -> n.finish(YoloX.small(n, x))),
            square("deeplabv3_plus_mobilenet", "deeplab", 513, (n, x) -> n.finish(DeepLab.mobileNet(n, x))),
            picture("gear_guard_net", "gear_guard", 320, 192, (n, x) -> n.finish(GearGuard.small(n, x))),
            square("mediapipe_selfie", "mobilenet", 256, (n, x) -> n.finish(Selfie.mask(n, x))),
            square("bgnet", "res2net", 416, (n, x) -> n.finish(BgNet.mask(n, x))),
            square("lama_dilated", "lama", 512, (n, x) -> n.finish(Lama.dilated(n, x))),
            square("cavaface", "arcface", 112, (n, x) -> n.finish(CavaFace.features(n, x))),
            square("hrnet_face", "hrnet", 256, (n, x) -> n.finish(Dense.hrnetFace(n, x, 18, 29))),
            picture("hrnet_pose", "hrnet", 256, 192, (n, x) -> n.finish(n.at("head").convBias(Dense.hrnet(n, x, 32), 17,
                    Window.of(1, 1)))));

    /** Prompt and context of the language models below when no size is asked for. */
    private static final int CHUNK = 128;
    private static final int CONTEXT = 4096;

    /** Full-size models; a size is that of the picture, or the context of a model without one. */
    private static final Map<String, Function<OptionalInt, Program>> FULL_SIZE = fullSize();

    private static Map<String, Function<OptionalInt, Program>> fullSize() {
        Map<String, Function<OptionalInt, Program>> all = new LinkedHashMap<>();
        all.put("mobilenetv5-300m", size -> new Program(List.of(PublicModels.mobileNetV5(size.orElse(768)))));
        all.put("internvit-300m", size -> new Program(List.of(PublicModels.internVit(size.orElse(448)))));
        all.put("lfm2-1.2b", size -> new Program(PublicModels.lfm2(Math.min(CHUNK, size.orElse(CONTEXT)), size.orElse(CONTEXT))));
        all.put("internlm2-1.8b", size -> new Program(PublicModels.internLm2(Math.min(CHUNK, size.orElse(CONTEXT)), size.orElse(CONTEXT))));
        all.put("autoneural-vl", size -> PublicModels.autoNeuralVl(size.orElse(768), CHUNK, CONTEXT));
        all.put("internvl2-2b-class", size -> PublicModels.baselineVl(size.orElse(448), CHUNK, CONTEXT));
        return Collections.unmodifiableMap(all);
    }

    private Zoo() {}

    private static Entry square(String name, String family, int size, BiFunction<Net, String, Graph> builder) {
        return new Entry(name, family, size, size, builder);
    }

    private static Entry picture(String name, String family, int height, int width, BiFunction<Net, String, Graph> builder) {
        return new Entry(name, family, height, width, builder);
    }

    private static Entry text(String name, String family, int tokens, BiFunction<Net, String, Graph> builder) {
        return new Entry(name, family, tokens, 0, builder);
    }

    private static Entry bottleneck(String name, String family, int[] blocks, int groups, int width) {
        return square(name, family, 224, (n, x) -> n.classify(ResNets.bottleneck(n, x, blocks, groups, width, false), 1000));
    }

    /** Orientation, confidence and extents of a box from VGG-19 (arXiv 1612.00496). */
    private static Graph boxes(Net net, String image) {
        String map = OtherClassifiers.vgg19(net, image);
        String x = net.at("heads").reshape(map, 1, net.height(map) * net.width(map) * net.channels(map));
        String[] outputs = new String[3];
        int[] hidden = {256, 256, 512}, out = {4, 2, 3};
        for (int i = 0; i < 3; i++) {
            outputs[i] = net.linear(net.relu(net.linear(net.relu(net.linear(x, hidden[i])), hidden[i])), out[i]);
        }
        return net.finish(outputs);
    }

    /** Names of all networks, in order of the list. */
    public static List<String> names() {
        return Stream.concat(ALL.stream().map(Entry::name), FULL_SIZE.keySet().stream()).toList();
    }

    /**
     * Builds a network.
     *
     * @param size rows of the picture (columns in proportion) or tokens of the text; empty: as measured
     * @throws IllegalArgumentException when there is no network of that name, with those there are, or when it cannot take that size
     */
    public static Network build(String name, OptionalInt size) {
        if (size.isPresent() && (size.getAsInt() < 1 || size.getAsInt() > MOST_PIXELS)) {
            throw new IllegalArgumentException("input size " + size.getAsInt() + " must be 1 to " + MOST_PIXELS);
        }
        if (FULL_SIZE.containsKey(name)) {
            Program program = FULL_SIZE.get(name).apply(size);
            return new Network(name, "full size", program, parameters(program));
        }
        Entry entry = ALL.stream().filter(e -> e.name.equals(name)).findFirst().orElseThrow(() ->
                new IllegalArgumentException("no network '" + name + "'; there are " + String.join(", ", names())));
        int height = size.orElse(entry.height);
        Net net = new Net(name);
        String input = entry.width == 0 ? net.ids(height)
                : net.input(height, (int) ((long) height * entry.width / entry.height), channels(name));
        try {
            Graph graph = entry.builder.apply(net, input);
            requireSizes(graph);
            return new Network(name, entry.family, new Program(List.of(Verifier.check(graph))), net.parameters());
        } catch (IllegalArgumentException | VerifyException e) {
            throw new IllegalArgumentException("network " + name + " cannot take this input size, " + height + ": " + e.getMessage(), e);
        }
    }

    /** Passes and interpreter count elements as an int. */
    private static void requireSizes(Graph graph) {
        graph.types().forEach((value, type) -> {
            if (type.shape().elements() > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(graph + " has a value of " + type.shape() + " = " + type.shape().elements()
                        + " elements; allowed: at most " + Integer.MAX_VALUE);
            }
        });
    }

    /** Of the picture: a spectrogram has one, and a picture with its mask four. */
    private static int channels(String name) {
        return switch (name) {
            case "yamnet" -> 1;
            case "lama_dilated" -> 4;
            default -> 3;
        };
    }

    /** Elements of all weights; what follows from the configuration (rotary tables, factors) is no weight. */
    private static long parameters(Program program) {
        Map<String, TensorData> weights = new LinkedHashMap<>();
        program.entryPoints().forEach(g -> weights.putAll(g.constants()));
        return weights.values().stream().filter(w -> !(w instanceof Tensor)).mapToLong(TensorData::elements).sum();
    }
}
