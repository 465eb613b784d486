package org.autoneural.djl;

import ai.djl.inference.streaming.IteratorBytesSupplier;
import ai.djl.inference.streaming.StreamingTranslator;
import ai.djl.modality.Output;
import ai.djl.modality.cv.VisionLanguageInput;
import ai.djl.ndarray.BytesSupplier;
import ai.djl.ndarray.NDList;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import java.util.Iterator;
import java.util.stream.Stream;

/**
 * A picture and a question to an answer piece by piece: the data of the output of {@code streamingPredict} is an
 * {@link IteratorBytesSupplier} whose elements are the pieces in UTF-8, each generated when it is asked for. {@code predict} gives the
 * whole answer as one piece of data.
 */
final class StreamedAnswerTranslator implements NoBatchifyTranslator<VisionLanguageInput, Output>, StreamingTranslator<VisionLanguageInput, Output> {
    @Override
    public NDList processInput(TranslatorContext context, VisionLanguageInput input) throws TranslateException {
        return PictureQuestion.arrays(context, input);
    }

    @Override
    public Output processOutput(TranslatorContext context, NDList list) {
        return output(BytesSupplier.wrap(AnswerBlock.text(list.singletonOrThrow())));
    }

    @Override
    public StreamOutput<Output> processStreamOutput(TranslatorContext context, Stream<NDList> pieces) {
        Iterator<BytesSupplier> texts = pieces.map(piece -> BytesSupplier.wrap(AnswerBlock.text(piece.singletonOrThrow()))).iterator();
        return new StreamOutput<>() {
            @Override
            public Output getIterativeOutputInternal() {
                return output(new IteratorBytesSupplier(texts));
            }

            @Override
            protected Output buildAsyncOutput() {
                throw new UnsupportedOperationException("answers are streamed with getIterativeOutput");
            }

            @Override
            protected void computeAsyncOutputInternal(Output output) {
                throw new UnsupportedOperationException("answers are streamed with getIterativeOutput");
            }
        };
    }

    private static Output output(BytesSupplier data) {
        Output output = new Output();
        output.add(data);
        return output;
    }

    @Override
    public Support getSupport() {
        return Support.ITERATIVE;
    }
}
