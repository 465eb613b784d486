package org.autoneural.djl;

import ai.djl.inference.streaming.StreamingBlock;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractSymbolBlock;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.autoneural.runtime.AnswerStream;
import org.autoneural.runtime.CompiledModel;
import org.autoneural.runtime.Conversation;
import org.autoneural.runtime.Question;

/**
 * One question, one answer, each call a conversation of its own. Inputs: any number of pictures, u8 [height, width, 3] of the model's
 * size, then the question, u8 [n], UTF-8. Output: the answer, u8 [n], UTF-8; when streaming, one such array for each piece.
 */
final class AnswerBlock extends AbstractSymbolBlock implements StreamingBlock {
    private final CompiledModel model;

    AnswerBlock(CompiledModel model) {
        this.model = model;
    }

    CompiledModel model() {
        return model;
    }

    @Override
    protected NDList forwardInternal(ParameterStore parameters, NDList inputs, boolean training, PairList<String, Object> params) {
        StringBuilder answer = new StringBuilder();
        try (Pieces pieces = new Pieces(inputs)) {
            pieces.stream.forEachRemaining(answer::append);
        }
        return new NDList(text(inputs.getManager(), answer.toString()));
    }

    /** Closing the stream, or reading it to its end, frees the conversation. */
    @Override
    public Stream<NDList> forwardStream(ParameterStore parameters, NDList inputs, boolean training, PairList<String, Object> params) {
        Pieces pieces = new Pieces(inputs);
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(pieces, Spliterator.ORDERED | Spliterator.NONNULL), false)
                .onClose(pieces::close);
    }

    /** As {@link #forwardStream}, for callers that cannot close: read it to its end. */
    @Override
    public Iterator<NDList> forwardStreamIter(ParameterStore parameters, NDList inputs, boolean training, PairList<String, Object> params) {
        return new Pieces(inputs);
    }

    static NDArray text(NDManager manager, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return manager.create(ByteBuffer.wrap(utf8), new Shape(utf8.length), DataType.UINT8);
    }

    /** The text of an array made by {@link #text}. */
    static String text(NDArray array) {
        return new String(bytes(array), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(NDArray array) {
        ByteBuffer buffer = array.toByteBuffer().duplicate();
        buffer.rewind();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @Override
    public PairList<String, Shape> describeInput() {
        PairList<String, Shape> inputs = new PairList<>();
        inputs.add("picture", new Shape(model.preprocessing().height(), model.preprocessing().width(), 3));
        inputs.add("question", new Shape(-1));
        return inputs;
    }

    @Override
    public PairList<String, Shape> describeOutput() {
        PairList<String, Shape> outputs = new PairList<>();
        outputs.add("answer", new Shape(-1));
        return outputs;
    }

    /** None: the weights of a compiled model are integers in its file. */
    @Override
    public ParameterList getDirectParameters() {
        return new ParameterList();
    }

    /** The pieces of one answer with the conversation they come from. */
    private final class Pieces implements Iterator<NDList>, AutoCloseable {
        private final NDManager manager;
        private final Conversation conversation;
        private final AnswerStream stream;

        Pieces(NDList inputs) {
            manager = inputs.getManager();
            conversation = model.newConversation();
            try {
                Question question = conversation.ask(text(inputs.get(inputs.size() - 1)));
                inputs.subList(0, inputs.size() - 1).forEach(picture -> question.about(bytes(picture)));
                stream = question.stream();
            } catch (RuntimeException e) {
                conversation.close();
                throw e;
            }
        }

        @Override
        public boolean hasNext() {
            boolean more = stream.hasNext();
            if (!more) {
                close();
            }
            return more;
        }

        @Override
        public NDList next() {
            return new NDList(text(manager, stream.next()));
        }

        @Override
        public void close() {
            stream.close();
            conversation.close();
        }
    }
}
