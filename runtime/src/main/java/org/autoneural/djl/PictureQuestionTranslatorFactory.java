package org.autoneural.djl;

import ai.djl.Model;
import ai.djl.modality.Output;
import ai.djl.modality.cv.VisionLanguageInput;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorFactory;
import ai.djl.util.Pair;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Set;

/**
 * Gives DJL the translators from {@link VisionLanguageInput} to {@link String} (the whole answer) and to {@link Output} (also piece by
 * piece); named in a {@code Criteria}, see the package.
 */
public final class PictureQuestionTranslatorFactory implements TranslatorFactory {
    @Override
    public Set<Pair<Type, Type>> getSupportedTypes() {
        return Set.of(new Pair<>(VisionLanguageInput.class, String.class), new Pair<>(VisionLanguageInput.class, Output.class));
    }

    /** @throws TranslateException for other types */
    @Override
    @SuppressWarnings("unchecked")
    public <I, O> Translator<I, O> newInstance(Class<I> input, Class<O> output, Model model, Map<String, ?> arguments) throws TranslateException {
        if (input == VisionLanguageInput.class && output == String.class) {
            return (Translator<I, O>) new PictureQuestionTranslator();
        }
        if (input == VisionLanguageInput.class && output == Output.class) {
            return (Translator<I, O>) new StreamedAnswerTranslator();
        }
        throw new TranslateException("no translator from " + input.getName() + " to " + output.getName() + "; there are "
                + "VisionLanguageInput to String and VisionLanguageInput to Output");
    }
}
