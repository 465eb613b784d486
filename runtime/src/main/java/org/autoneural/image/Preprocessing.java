package org.autoneural.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.nio.file.Path;
import java.util.List;

/**
 * How a model wants its pictures, read from {@code preprocessor_config.json}. Only the resize happens here, in integers; the
 * graph's first node maps u8 to its own scale, with {@code (u8 * rescaleFactor - mean) / std} as the meaning of a pixel.
 *
 * @param width         of the model's input, in pixels
 * @param height        of the model's input, in pixels
 * @param filter        how to interpolate
 * @param fit           what to do with another aspect ratio
 * @param rescaleFactor of the graph's first node, usually 1/255
 * @param mean          [3] of the graph's first node, after rescaling
 * @param std           [3] of the graph's first node, after rescaling
 */
public record Preprocessing(int width, int height, Filter filter, Fit fit, double rescaleFactor, List<Double> mean, List<Double> std) {
    private static final int MAX_SIDE = 8192;
    private static final JsonMapper MAPPER = new JsonMapper();

    /** What happens to pictures of another aspect ratio. */
    public enum Fit {
        /** Width and height are scaled independently. */
        SQUASH,
        /** The whole picture, centred, with borders of the colour that normalizes to zero. */
        PAD
    }

    public Preprocessing {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
            throw new PictureException("Model input of " + width + " x " + height + " pixels; each side must be 1 to " + MAX_SIDE + ".");
        }
        if (mean.size() != 3 || std.size() != 3) {
            throw new PictureException("Preprocessing has " + mean.size() + " means and " + std.size() + " deviations, RGB needs 3 each.");
        }
        if (!(rescaleFactor > 0) || rescaleFactor > 1 || std.stream().anyMatch(value -> !(value > 0) || value.isInfinite())
                || mean.stream().anyMatch(value -> !Double.isFinite(value))) {
            throw new PictureException("Preprocessing has rescale factor " + rescaleFactor + ", mean " + mean + ", std " + std
                    + "; the factor must be above 0 and at most 1, means finite, deviations above 0.");
        }
    }

    /**
     * Reads the bytes of a {@code preprocessor_config.json}: {@code size} (height and width), {@code resample},
     * {@code do_rescale}, {@code rescale_factor}, {@code do_normalize}, {@code image_mean}, {@code image_std}, and
     * {@code resize} ({@code squash}, the default, or {@code pad}).
     *
     * @param name what errors call it
     * @throws PictureException when it is damaged or asks for what is not supported
     */
    public static Preprocessing of(byte[] json, String name) {
        JsonNode root = object(json, name);
        JsonNode size = root.path("size");
        if (!size.path("height").isInt() || !size.path("width").isInt()) {
            throw new PictureException(name + ": size is " + size + ", an object with height and width in pixels is needed.");
        }
        if (!root.path("do_resize").asBoolean(true)) {
            throw new PictureException(name + ": do_resize is false; the compiled model has one input size, so pictures are resized to it.");
        }
        String fit = root.path("resize").asText("squash");
        if (!fit.equals("squash") && !fit.equals("pad")) {
            throw new PictureException(name + ": resize is '" + fit + "', supported are 'squash' and 'pad'.");
        }
        boolean normalized = root.path("do_normalize").asBoolean(true);
        return new Preprocessing(size.path("width").asInt(), size.path("height").asInt(),
                Filter.ofResample(root.path("resample").asInt(2), name), fit.equals("pad") ? Fit.PAD : Fit.SQUASH,
                root.path("do_rescale").asBoolean(true) ? root.path("rescale_factor").asDouble(1.0 / 255) : 1,
                normalized ? numbers(root, "image_mean", 0, name) : List.of(0.0, 0.0, 0.0),
                normalized ? numbers(root, "image_std", 1, name) : List.of(1.0, 1.0, 1.0));
    }

    /** The same preparation for another input size. */
    public Preprocessing withSize(int otherWidth, int otherHeight) {
        return new Preprocessing(otherWidth, otherHeight, filter, fit, rescaleFactor, mean, std);
    }

    /** Decodes a PNG or JPEG file and prepares it: [height, width, 3] bytes. */
    public byte[] read(Path file) {
        return apply(new PictureDecoder().decode(file));
    }

    private static JsonNode object(byte[] json, String name) {
        try {
            JsonNode root = MAPPER.readTree(json);
            if (root.isObject()) {
                return root;
            }
        } catch (IOException e) {
            throw new PictureException(name + " is not JSON: " + e.getMessage(), e);
        }
        throw new PictureException(name + " holds no JSON object.");
    }

    private static List<Double> numbers(JsonNode root, String key, double missing, String name) {
        JsonNode array = root.path(key);
        if (array.isMissingNode()) {
            return List.of(missing, missing, missing);
        }
        List<Double> numbers = new ArrayList<>();
        for (JsonNode number : array) {
            if (!number.isNumber()) {
                throw new PictureException(name + ": " + key + " is " + array + ", three numbers are needed.");
            }
            numbers.add(number.asDouble());
        }
        return numbers;
    }

    /**
     * The model's input for a picture.
     *
     * @return [height, width, 3] u8, row-major RGB
     */
    public byte[] apply(Picture picture) {
        if (fit == Fit.SQUASH) {
            return new Resize(picture.width(), picture.height(), width, height, filter).apply(picture).rgb();
        }
        boolean wide = (long) picture.width() * height >= (long) picture.height() * width;
        int innerWidth = wide ? width : scaled(picture.width(), height, picture.height());
        int innerHeight = wide ? scaled(picture.height(), width, picture.width()) : height;
        return padded(new Resize(picture.width(), picture.height(), innerWidth, innerHeight, filter).apply(picture));
    }

    /** round(side * to / from), at least 1. */
    private static int scaled(int side, int to, int from) {
        return (int) Math.max(1, (2L * side * to + from) / (2L * from));
    }

    private byte[] padded(Picture inner) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) border(i % 3);
        }
        int left = (width - inner.width()) / 2;
        int top = (height - inner.height()) / 2;
        for (int y = 0; y < inner.height(); y++) {
            System.arraycopy(inner.rgb(), 3 * y * inner.width(), rgb, 3 * ((top + y) * width + left), 3 * inner.width());
        }
        return rgb;
    }

    /** The level nearest to the mean; a constant of the configuration, not arithmetic on pixels. */
    private int border(int channel) {
        return (int) Math.max(0, Math.min(255, Math.round(mean.get(channel) / rescaleFactor)));
    }
}
