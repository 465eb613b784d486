package org.autoneural.image;

/**
 * A picture in memory.
 *
 * @param width  pixels, from 1
 * @param height pixels, from 1
 * @param rgb    [height, width, 3] u8, row-major; not copied, so do not change it
 */
public record Picture(int width, int height, byte[] rgb) {
    /** @throws PictureException when a side is below 1 or {@code rgb} does not hold height x width x 3 bytes */
    public Picture {
        if (width < 1 || height < 1) {
            throw new PictureException("A picture of " + width + " x " + height + " pixels has none; each side must be at least 1.");
        }
        if (rgb.length != 3L * width * height) {
            throw new PictureException("A picture of " + width + " x " + height + " pixels needs " + 3L * width * height
                    + " bytes of RGB, found " + rgb.length + ".");
        }
    }
}
