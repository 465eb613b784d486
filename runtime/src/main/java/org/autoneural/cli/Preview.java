package org.autoneural.cli;

import org.autoneural.image.Filter;
import org.autoneural.image.Picture;
import org.autoneural.image.Resize;

/** A picture drawn in a terminal of 24-bit colour: a character is two pixels, one above the other. */
final class Preview {
    private static final int COLUMNS = 56;
    private static final int MAX_ROWS = 40;
    /** Upper half in the foreground colour, lower half in the background colour. */
    private static final String PIXELS = "\033[38;2;%d;%d;%dm\033[48;2;%d;%d;%dm\u2580";
    private static final String RESET = "\033[0m";

    private Preview() {}

    /** Lines of text, each with a line break. */
    static String of(Picture picture) {
        int rows = Math.max(1, Math.min(MAX_ROWS, Math.round(COLUMNS * (float) picture.height() / picture.width() / 2)));
        byte[] rgb = new Resize(picture.width(), picture.height(), COLUMNS, 2 * rows, Filter.BILINEAR).apply(picture).rgb();
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                int up = 3 * (2 * row * COLUMNS + column);
                int down = up + 3 * COLUMNS;
                text.append(String.format(PIXELS, rgb[up] & 0xFF, rgb[up + 1] & 0xFF, rgb[up + 2] & 0xFF, rgb[down] & 0xFF,
                        rgb[down + 1] & 0xFF, rgb[down + 2] & 0xFF));
            }
            text.append(RESET).append(System.lineSeparator());
        }
        return text.toString();
    }
}
