package org.autoneural.image;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * PNG and JPEG files to 8-bit RGB, by the Java platform's own decoders.
 *
 * <p>Samples are taken as they are stored, as Pillow's {@code convert("RGB")} does: transparency and colour profiles are
 * dropped, grey is repeated, a palette is looked up, and of 16-bit samples the high byte counts. The orientation a camera
 * notes in EXIF is not applied. JPEG pixels may differ by a level from other decoders, since the format leaves that open.
 */
public final class PictureDecoder {
    /** Default limit: 32 million pixels, about 100 MB as RGB. */
    public static final int DEFAULT_MAX_PIXELS = 32_000_000;
    /** A file larger than four bytes a pixel and some room for notes is no picture within the limit. */
    private static final long ROOM_BYTES = 16L << 20;
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final byte[] JPEG = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF};

    private final int maxPixels;

    /** A decoder with the default limit. */
    public PictureDecoder() {
        this(DEFAULT_MAX_PIXELS);
    }

    /** @param maxPixels largest width x height that is decoded; checked from the header, before any memory is taken */
    public PictureDecoder(int maxPixels) {
        this.maxPixels = maxPixels;
    }

    /**
     * Decodes a file.
     *
     * @throws PictureException when it is missing, not a PNG or JPEG picture, damaged, too large, or CMYK
     */
    public Picture decode(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new PictureException("Picture " + file + (Files.exists(file) ? " is not a file." : " does not exist."));
        }
        long maxBytes = 8L * maxPixels + ROOM_BYTES;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes((int) Math.min(maxBytes + 1, Integer.MAX_VALUE - 8L));
            if (bytes.length > maxBytes) {
                throw new PictureException("Picture " + file + " has more than " + maxBytes + " bytes, the most a picture of "
                        + maxPixels + " pixels may take. Use a smaller one.");
            }
            return decode(bytes, file.toString());
        } catch (IOException e) {
            throw new PictureException("Picture " + file + " cannot be read: " + e, e);
        }
    }

    /**
     * Decodes the bytes of a file.
     *
     * @param name what errors call it
     * @throws PictureException when it is not a PNG or JPEG picture, damaged, too large, or CMYK
     */
    public Picture decode(byte[] bytes, String name) {
        String format = format(bytes, name);
        ImageReader reader = reader(format);
        List<String> warnings = new ArrayList<>();
        try (MemoryCacheImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            // Ignoring metadata keeps compressed text chunks from being unpacked.
            reader.setInput(input, true, true);
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            if ((long) width * height > maxPixels || width > Resize.MAX_SIDE || height > Resize.MAX_SIDE) {
                throw new PictureException("Picture " + name + " has " + width + " x " + height + " = " + (long) width * height
                        + " pixels, at most " + maxPixels + " are decoded, and no side above " + Resize.MAX_SIDE
                        + ". Use a smaller one.");
            }
            BufferedImage image = reader.read(0);
            if (format.equals("jpeg") && warnings.stream().anyMatch(warning -> warning.contains("remature end"))) {
                throw new PictureException("Picture " + name + " is cut off: its JPEG data ends early. Fetch it again.");
            }
            if (format.equals("jpeg") && image.getRaster().getNumBands() > 3) {
                throw new PictureException(otherColours(name));
            }
            return rgb(image, name);
        } catch (PictureException e) {
            throw e;
        } catch (IIOException e) {
            throw new PictureException(Optional.ofNullable(e.getMessage()).filter(m -> m.contains("Unsupported Image Type")).isPresent()
                    ? otherColours(name)
                    : damaged(format, name, e), e);
        } catch (IOException | RuntimeException e) {
            throw new PictureException(damaged(format, name, e), e);
        } finally {
            reader.dispose();
        }
    }

    private static String otherColours(String name) {
        return "Picture " + name + " is a JPEG in another colour model than RGB or grey, probably CMYK. Save it as RGB.";
    }

    private static String damaged(String format, String name, Exception e) {
        return "Picture " + name + " starts like a " + format.toUpperCase(Locale.ROOT) + " but is damaged: "
                + Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName()) + ". Fetch or save it again.";
    }

    private static String format(byte[] bytes, String name) {
        if (startsWith(bytes, PNG)) {
            return "png";
        }
        if (startsWith(bytes, JPEG)) {
            return "jpeg";
        }
        throw new PictureException("Picture " + name + " (" + bytes.length
                + " bytes) is neither PNG nor JPEG. Convert it to one of these.");
    }

    private static boolean startsWith(byte[] bytes, byte[] start) {
        return bytes.length >= start.length
                && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
    }

    /** The platform's reader, even where an application registers others: every machine is to see the same pixels. */
    private static ImageReader reader(String format) {
        for (Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format); readers.hasNext();) {
            ImageReader reader = readers.next();
            if (reader.getClass().getModule().equals(ImageIO.class.getModule())) {
                return reader;
            }
        }
        throw new PictureException("This Java runtime has no " + format + " reader. Use one with the java.desktop module.");
    }

    /**
     * A picture that something else has decoded, by the same rules.
     *
     * @param name what errors call it
     * @throws PictureException when it is neither grey nor RGB of 1 to 16 bits
     */
    public static Picture of(BufferedImage image, String name) {
        return rgb(image, name);
    }

    private static Picture rgb(BufferedImage image, String name) {
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] rgb = new byte[3 * width * height];
        ColorModel colors = image.getColorModel();
        if (colors instanceof IndexColorModel palette) {
            fromPalette(image.getRaster(), palette, rgb);
            return new Picture(width, height, rgb);
        }
        int bands = image.getRaster().getNumBands();
        int bits = colors.getComponentSize(0);
        if (bands > 4 || (bits != 8 && bits != 16)) {
            throw new PictureException("Picture " + name + " has " + bands + " channels of " + bits
                    + " bits; allowed are grey or RGB, with or without transparency, of 1 to 16 bits. Save it as RGB.");
        }
        fromSamples(image.getRaster(), bits - 8, rgb);
        return new Picture(width, height, rgb);
    }

    private static void fromPalette(Raster raster, IndexColorModel palette, byte[] rgb) {
        int width = raster.getWidth();
        int[] row = new int[width];
        for (int y = 0, to = 0; y < raster.getHeight(); y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
            for (int x = 0; x < width; x++) {
                int color = palette.getRGB(row[x]);
                rgb[to++] = (byte) (color >> 16);
                rgb[to++] = (byte) (color >> 8);
                rgb[to++] = (byte) color;
            }
        }
    }

    /** Grey (1 or 2 bands) is repeated, a last band of 2 or 4 is transparency and left out. */
    private static void fromSamples(Raster raster, int dropBits, byte[] rgb) {
        int width = raster.getWidth();
        int bands = raster.getNumBands();
        int green = bands < 3 ? 0 : 1;
        int blue = bands < 3 ? 0 : 2;
        int[] row = new int[width * bands];
        for (int y = 0, to = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int x = 0; x < width; x++) {
                rgb[to++] = (byte) (row[x * bands] >> dropBits);
                rgb[to++] = (byte) (row[x * bands + green] >> dropBits);
                rgb[to++] = (byte) (row[x * bands + blue] >> dropBits);
            }
        }
    }
}
