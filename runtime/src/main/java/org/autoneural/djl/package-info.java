/**
 * Compiled models behind DJL's API: an engine called {@code AutoNeural} whose models are {@code model.npu} files and whose predictors
 * answer questions about pictures. Only DJL's own types are needed to use it:
 *
 * <pre>{@code
 * Criteria<VisionLanguageInput, String> criteria = Criteria.builder()
 *         .setTypes(VisionLanguageInput.class, String.class)
 *         .optEngine("AutoNeural")
 *         .optModelPath(Path.of("model.npu"))
 *         .optArgument("translatorFactory", "org.autoneural.djl.PictureQuestionTranslatorFactory")
 *         .build();
 * try (ZooModel<VisionLanguageInput, String> model = criteria.loadModel();
 *      Predictor<VisionLanguageInput, String> predictor = model.newPredictor()) {
 *     String answer = predictor.predict(new VisionLanguageInput(ImageFactory.getInstance().fromFile(picture), "How fast is the car?"));
 * }
 * }</pre>
 *
 * <p>With {@code Output} in place of {@code String}, {@code predictor.streamingPredict} gives the answer piece by piece: the data of its
 * iterative output is an {@code IteratorBytesSupplier}.
 */
package org.autoneural.djl;
