package org.autoneural.djl;

import ai.djl.modality.cv.VisionLanguageInput;
import ai.djl.ndarray.NDList;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;

/** A picture and a question to the whole answer. */
final class PictureQuestionTranslator implements NoBatchifyTranslator<VisionLanguageInput, String> {
    @Override
    public NDList processInput(TranslatorContext context, VisionLanguageInput input) throws TranslateException {
        return PictureQuestion.arrays(context, input);
    }

    @Override
    public String processOutput(TranslatorContext context, NDList list) {
        return AnswerBlock.text(list.singletonOrThrow());
    }
}
