package org.autoneural.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.MalformedModelException;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.inference.streaming.IteratorBytesSupplier;
import ai.djl.modality.Output;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.VisionLanguageInput;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.autoneural.CompiledCockpit;
import org.autoneural.cockpit.CockpitTiny;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user of DJL: the compiled file and the picture come from elsewhere, everything else is DJL's API. */
class DjlOnlyTest {
    private static final String QUESTION = "What do you see?";
    private static final String ANSWER =
            "The instrument cluster shows 70 km/h in gear P with 100 percent fuel. The battery warning is on.";

    private static <O> Criteria.Builder<VisionLanguageInput, O> criteria(Path model, Class<O> output) {
        return Criteria.builder().setTypes(VisionLanguageInput.class, output).optEngine("AutoNeural").optModelPath(model)
                .optArgument("translatorFactory", "org.autoneural.djl.PictureQuestionTranslatorFactory");
    }

    private static Image picture() throws IOException {
        return ImageFactory.getInstance().fromFile(CockpitTiny.samplePicture());
    }

    @Test
    void answersAQuestionAboutAPicture() throws Exception {
        try (ZooModel<VisionLanguageInput, String> model = criteria(CompiledCockpit.byDefault(), String.class).build().loadModel();
                Predictor<VisionLanguageInput, String> predictor = model.newPredictor()) {
            assertThat(predictor.predict(new VisionLanguageInput(picture(), QUESTION))).isEqualTo(ANSWER);
            // Each call is a conversation of its own.
            assertThat(predictor.batchPredict(List.of(new VisionLanguageInput(picture(), QUESTION),
                    new VisionLanguageInput(picture(), "Is a warning light on?")))).first().isEqualTo(ANSWER);
            assertThat(model.describeInput().keys()).containsExactly("picture", "question");
        }
    }

    @Test
    void streamsTheAnswerPieceByPiece() throws Exception {
        try (ZooModel<VisionLanguageInput, Output> model = criteria(CompiledCockpit.byDefault(), Output.class).build().loadModel();
                Predictor<VisionLanguageInput, Output> predictor = model.newPredictor()) {
            assertThat(predictor.supportsStreaming()).isTrue();
            IteratorBytesSupplier pieces = (IteratorBytesSupplier) predictor.streamingPredict(new VisionLanguageInput(picture(), QUESTION))
                    .getIterativeOutput().getData();
            List<String> read = new ArrayList<>();
            while (pieces.hasNext()) {
                read.add(new String(pieces.next(), StandardCharsets.UTF_8));
            }
            assertThat(read).hasSizeGreaterThan(5);
            assertThat(String.join("", read)).isEqualTo(ANSWER);
            assertThat(predictor.predict(new VisionLanguageInput(picture(), QUESTION)).getData().getAsString()).isEqualTo(ANSWER);
        }
    }

    @Test
    void takesAFolderAndOptions(@TempDir Path folder) throws Exception {
        Files.copy(CompiledCockpit.byDefault(), folder.resolve("cluster.npu"));
        try (ZooModel<VisionLanguageInput, String> model = criteria(folder, String.class).optOption("threads", "1")
                .optOption("kernels", "scalar").build().loadModel();
                Predictor<VisionLanguageInput, String> predictor = model.newPredictor()) {
            assertThat(predictor.predict(new VisionLanguageInput(picture(), QUESTION))).isEqualTo(ANSWER);
        }
    }

    @Test
    void saysWhatIsWrong(@TempDir Path folder) throws Exception {
        assertThatThrownBy(() -> criteria(folder, String.class).build().loadModel()).isInstanceOf(FileNotFoundException.class)
                .hasMessageContaining("no .npu file in").hasMessageContaining("autoneural compile");
        Files.write(folder.resolve("model.npu"), new byte[300]);
        assertThatThrownBy(() -> criteria(folder, String.class).build().loadModel()).isInstanceOf(MalformedModelException.class)
                .hasMessageContaining("model.npu");
        Files.copy(CompiledCockpit.byDefault(), folder.resolve("cluster.npu"));
        assertThatThrownBy(() -> criteria(folder, String.class).optModelName("other").build().loadModel())
                .isInstanceOf(FileNotFoundException.class).hasMessageContaining("[cluster.npu, model.npu], none of them 'other'");
        assertThatThrownBy(() -> criteria(CompiledCockpit.byDefault(), String.class).optOption("threads", "two").build().loadModel())
                .isInstanceOf(MalformedModelException.class).hasMessageContaining("option threads is 'two'");
        try (ZooModel<VisionLanguageInput, String> model = criteria(CompiledCockpit.byDefault(), String.class).build().loadModel();
                Predictor<VisionLanguageInput, String> predictor = model.newPredictor()) {
            assertThatThrownBy(() -> predictor.predict(new VisionLanguageInput(picture(), " "))).isInstanceOf(TranslateException.class)
                    .hasMessageContaining("no question");
        }
    }

    /** Nothing is sent anywhere when the engine starts. */
    @Test
    void startsQuietly() {
        assertThat(Engine.getEngine("AutoNeural").getVersion()).isNotEmpty();
        assertThat(System.getProperty("OPT_OUT_TRACKING")).isEqualTo("true");
    }
}
