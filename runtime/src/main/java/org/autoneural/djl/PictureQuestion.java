package org.autoneural.djl;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.VisionLanguageInput;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import org.autoneural.image.Picture;
import org.autoneural.image.PictureDecoder;
import org.autoneural.image.Preprocessing;

/**
 * From DJL's input to the arrays that {@link AnswerBlock} takes. The picture is resized as the model wants it, by the same integer
 * arithmetic as everywhere in this library; a question without a picture is allowed.
 */
final class PictureQuestion {
    private PictureQuestion() {
    }

    static NDList arrays(TranslatorContext context, VisionLanguageInput input) throws TranslateException {
        if (input.getText() == null || input.getText().isBlank()) {
            throw new TranslateException("the input has no question: give VisionLanguageInput a text");
        }
        NDList list = new NDList();
        if (input.getImage() != null) {
            Preprocessing preprocessing = ((AnswerBlock) context.getBlock()).model().preprocessing();
            byte[] rgb = preprocessing.apply(picture(input.getImage()));
            list.add(context.getNDManager().create(ByteBuffer.wrap(rgb), new Shape(preprocessing.height(), preprocessing.width(), 3),
                    DataType.UINT8));
        }
        list.add(AnswerBlock.text(context.getNDManager(), input.getText()));
        return list;
    }

    private static Picture picture(Image image) throws TranslateException {
        if (image.getWrappedImage() instanceof BufferedImage wrapped) {
            return PictureDecoder.of(wrapped, "of the input");
        }
        throw new TranslateException("the picture is a " + image.getWrappedImage().getClass().getName()
                + "; allowed are pictures of DJL's own image factory, which hold a BufferedImage");
    }
}
