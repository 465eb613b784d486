package org.autoneural.image;

/**
 * Resizes 8-bit RGB with antialiasing, equal bit for bit to Pillow's: first along rows, then along columns, 8 bits in between,
 * 32-bit sums. Holds the weights of one pair of sizes; immutable, for many threads.
 */
public final class Resize {
    /** Longest side of source or result; keeps every intermediate of the weights within 64 bits. */
    public static final int MAX_SIDE = 32_768;
    /** Largest intermediate or result. */
    private static final long MAX_BYTES = 1L << 30;

    private final int inWidth;
    private final int inHeight;
    private final int outWidth;
    private final int outHeight;
    private final Coefficients horizontal;
    private final Coefficients vertical;

    /**
     * Sets up the weights.
     *
     * @param inWidth  source width in pixels, from 1
     * @param outWidth result width in pixels, from 1
     */
    public Resize(int inWidth, int inHeight, int outWidth, int outHeight, Filter filter) {
        for (int side : new int[] {inWidth, inHeight, outWidth, outHeight}) {
            if (side < 1 || side > MAX_SIDE) {
                throw new PictureException("Resize from " + inWidth + " x " + inHeight + " to " + outWidth + " x " + outHeight
                        + " pixels: each side must be 1 to " + MAX_SIDE + ".");
            }
        }
        long largestBytes = 3L * outWidth * Math.max(inHeight, outHeight);
        if (largestBytes > MAX_BYTES) {
            throw new PictureException("Resize from " + inWidth + " x " + inHeight + " to " + outWidth + " x " + outHeight
                    + " pixels needs " + largestBytes + " bytes, at most " + MAX_BYTES + " are used.");
        }
        this.inWidth = inWidth;
        this.inHeight = inHeight;
        this.outWidth = outWidth;
        this.outHeight = outHeight;
        this.horizontal = Coefficients.of(inWidth, outWidth, filter);
        this.vertical = Coefficients.of(inHeight, outHeight, filter);
    }

    /**
     * Resizes one picture.
     *
     * @throws PictureException when its size is not the one the weights were made for
     */
    public Picture apply(Picture picture) {
        if (picture.width() != inWidth || picture.height() != inHeight) {
            throw new PictureException("Picture has " + picture.width() + " x " + picture.height()
                    + " pixels, this resize was made for " + inWidth + " x " + inHeight + ".");
        }
        byte[] rows = inWidth == outWidth ? picture.rgb() : alongRows(picture.rgb());
        byte[] rgb = inHeight == outHeight ? rows : alongColumns(rows);
        return new Picture(outWidth, outHeight, rgb == picture.rgb() ? rgb.clone() : rgb);
    }

    /** [inHeight, inWidth, 3] u8 to [inHeight, outWidth, 3] u8; sum: s32 with 22 fraction bits. */
    private byte[] alongRows(byte[] source) {
        byte[] result = new byte[3 * outWidth * inHeight];
        for (int y = 0, to = 0; y < inHeight; y++) {
            for (int x = 0; x < outWidth; x++) {
                int[] weights = horizontal.weights()[x];
                int from = 3 * (y * inWidth + horizontal.first()[x]);
                for (int channel = 0; channel < 3; channel++) {
                    result[to++] = weighted(source, from + channel, 3, weights);
                }
            }
        }
        return result;
    }

    /** [inHeight, outWidth, 3] u8 to [outHeight, outWidth, 3] u8; sum: s32 with 22 fraction bits. */
    private byte[] alongColumns(byte[] source) {
        int stride = 3 * outWidth;
        byte[] result = new byte[stride * outHeight];
        for (int y = 0, to = 0; y < outHeight; y++) {
            int[] weights = vertical.weights()[y];
            int from = stride * vertical.first()[y];
            for (int x = 0; x < stride; x++) {
                result[to++] = weighted(source, from + x, stride, weights);
            }
        }
        return result;
    }

    private static byte weighted(byte[] source, int from, int stride, int[] weights) {
        int sum = 1 << (Coefficients.BITS - 1);
        for (int tap = 0, at = from; tap < weights.length; tap++, at += stride) {
            sum += (source[at] & 0xFF) * weights[tap];
        }
        return (byte) Math.max(0, Math.min(255, sum >> Coefficients.BITS));
    }
}
