package org.autoneural.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Conversations to {@link Prompt}s. Immutable; serves many threads. */
public final class PromptBuilder {
    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final PictureTokens pictureTokens;
    private final int imageId;

    /** @throws TextException when the tokenizer lacks one of the picture tokens */
    public PromptBuilder(Tokenizer tokenizer, ChatTemplate template, PictureTokens pictureTokens) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.pictureTokens = pictureTokens;
        this.imageId = tokenizer.requireId(pictureTokens.image(), "the place of a picture's rows");
        for (String wrapper : List.of(pictureTokens.start(), pictureTokens.end())) {
            if (!wrapper.isEmpty()) {
                tokenizer.requireId(wrapper, "start or end of a picture");
            }
        }
    }

    /**
     * The whole conversation, ready for the answer.
     *
     * @throws TextException when a user's or tool's words contain a special token, or the template prints another number of
     *                       picture places than there are pictures
     */
    public Prompt prompt(List<Message> messages) {
        checkWords(messages);
        return tokenized(template.render(messages, true), pictures(messages));
    }

    /**
     * What to feed next in a conversation whose state already holds {@code prompt(history)} and the answer's ids up to, not
     * including, the stop token: the end of the answer, the new messages and the header of the next answer.
     *
     * <p>The answer is matched as text, not as ids: a model may write a word with other tokens than the tokenizer would choose,
     * and the state holds what the model wrote.
     *
     * @param history what the state was prompted with
     * @param answer  the decoded answer, special tokens written out, without the stop token
     * @param added   what comes after the answer, such as the user's next question
     * @throws TextException when the template writes history or answer differently now than it did then (some drop the
     *                       reasoning of earlier turns), so that the state cannot be kept; prompt anew then
     */
    public Prompt followUp(List<Message> history, String answer, List<Message> added) {
        checkWords(added);
        List<Message> all = new ArrayList<>(history);
        all.add(Message.of("assistant", answer));
        all.addAll(added);
        String held = template.render(history, true) + answer;
        String wanted = template.render(all, true);
        if (!wanted.startsWith(held)) {
            int same = 0;
            while (same < held.length() && same < wanted.length() && held.charAt(same) == wanted.charAt(same)) {
                same++;
            }
            throw new TextException("The chat template writes the conversation so far differently in this turn, from character "
                    + same + " of " + held.length() + " on: the state cannot be kept. Prompt the whole conversation in a new session.");
        }
        return tokenized(wanted.substring(held.length()), pictures(added));
    }

    private Prompt tokenized(String text, int pictures) {
        int places = text.split(Pattern.quote(pictureTokens.image()), -1).length - 1;
        if (places != pictures) {
            throw new TextException("The chat template prints '" + pictureTokens.image() + "' " + places + " times for " + pictures
                    + " pictures. Is image_token in tokenizer_config.json the token the template prints?");
        }
        int[] ids = tokenizer.encode(text.replaceAll(Pattern.quote(pictureTokens.image()),
                Matcher.quoteReplacement(pictureTokens.expanded())));
        return new Prompt(ids, IntStream.range(0, ids.length).filter(i -> ids[i] == imageId).toArray());
    }

    /** Words that spell a special token would change the shape of the conversation, so users and tools may not write them. */
    private void checkWords(List<Message> messages) {
        for (Message message : messages) {
            if (message.role().equals("user") || message.role().equals("tool")) {
                message.content().forEach(this::checkWords);
            }
        }
    }

    private void checkWords(Part part) {
        if (part instanceof Part.Text text) {
            for (String token : tokenizer.specialTokens()) {
                if (!token.isEmpty() && text.text().contains(token)) {
                    throw new TextException("The text contains '" + token + "', which this model reserves."
                            + " Leave it out, or write it differently.");
                }
            }
        }
    }

    private static int pictures(List<Message> messages) {
        return messages.stream().mapToInt(Message::pictures).sum();
    }
}
