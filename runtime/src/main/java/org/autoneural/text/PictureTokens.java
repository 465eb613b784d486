package org.autoneural.text;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * How a picture stands in the token sequence.
 *
 * @param image      the placeholder token, also what the chat template prints once per picture
 * @param start      token before the placeholders, empty for none
 * @param end        token behind the placeholders, empty for none
 * @param perPicture placeholders per picture: the rows the vision encoder gives
 */
public record PictureTokens(String image, String start, String end, int perPicture) {
    /** Rows one picture may have; the largest model of the family has 256. */
    private static final int MAX_PER_PICTURE = 65_536;

    public PictureTokens {
        if (image.isEmpty() || perPicture < 1 || perPicture > MAX_PER_PICTURE) {
            throw new TextException("A picture takes " + perPicture + " tokens '" + image
                    + "'; allowed are 1 to " + MAX_PER_PICTURE + " of a token with a name. See image_seq_length in config.json.");
        }
    }

    /**
     * Reads {@code image_seq_length} and {@code use_image_start_end_tokens} of {@code config.json}, and {@code image_token},
     * {@code image_start_token} and {@code image_end_token} of {@code tokenizer_config.json} (defaults {@code <image>},
     * {@code <|image_start|>}, {@code <|image_end|>}).
     *
     * @throws TextException when a file is damaged or {@code image_seq_length} is missing
     */
    public static PictureTokens of(byte[] config, byte[] tokenizerConfig) {
        JsonNode model = JsonFile.object(config, "config.json");
        JsonNode tokens = JsonFile.object(tokenizerConfig, "tokenizer_config.json");
        boolean wrapped = model.path("use_image_start_end_tokens").asBoolean(false);
        return new PictureTokens(tokens.path("image_token").asText("<image>"),
                wrapped ? tokens.path("image_start_token").asText("<|image_start|>") : "",
                wrapped ? tokens.path("image_end_token").asText("<|image_end|>") : "",
                model.path("image_seq_length").asInt(0));
    }

    /** One picture as text. */
    String expanded() {
        return start + image.repeat(perPicture) + end;
    }
}
