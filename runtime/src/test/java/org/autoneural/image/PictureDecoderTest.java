package org.autoneural.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureDecoderTest {
    private final PictureDecoder decoder = new PictureDecoder();

    @Test
    void theSamplePictureEqualsTheGolden(@TempDir Path temp) throws IOException {
        Picture golden = GoldenPicture.read(temp, "/goldens/tiny/image0.safetensors", "image_u8");
        Picture picture = decoder.decode(sample(), "sample");
        assertThat(picture.width()).isEqualTo(128);
        assertThat(picture.height()).isEqualTo(128);
        assertThat(picture.rgb()).isEqualTo(golden.rgb());
    }

    private static byte[] sample() throws IOException {
        try (InputStream in = PictureDecoderTest.class
                .getResourceAsStream("/org/autoneural/cockpit/cockpit-tiny/eval/images/test_instr_1000.png")) {
            return in.readAllBytes();
        }
    }

    @Test
    void transparencyIsDropped() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00_10_20_30);
        image.setRGB(1, 0, 0x80_FF_00_7F);
        assertThat(decoder.decode(png(image), "p").rgb()).containsExactly(0x10, 0x20, 0x30, 0xFF, 0x00, 0x7F);
    }

    @Test
    void greyIsRepeatedAsStored() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(0, 0, 0, 100);
        image.getRaster().setSample(1, 0, 0, 7);
        assertThat(decoder.decode(png(image), "p").rgb()).containsExactly(100, 100, 100, 7, 7, 7);
    }

    @Test
    void sixteenBitsGiveTheirHighByte() throws IOException {
        BufferedImage grey = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        grey.getRaster().setSample(0, 0, 0, 0x12FF);
        assertThat(decoder.decode(png(grey), "p").rgb()).containsExactly(0x12, 0x12, 0x12);

        ColorModel colors = new ComponentColorModel(java.awt.color.ColorSpace.getInstance(java.awt.color.ColorSpace.CS_sRGB),
                true, false, java.awt.Transparency.TRANSLUCENT, DataBuffer.TYPE_USHORT);
        WritableRaster raster = colors.createCompatibleWritableRaster(1, 1);
        raster.setPixel(0, 0, new int[] {0xABCD, 0x0180, 0x7FFF, 0});
        assertThat(decoder.decode(png(new BufferedImage(colors, raster, false, null)), "p").rgb())
                .containsExactly(0xAB, 0x01, 0x7F);
    }

    @Test
    void palettesAndBitsAreLookedUp() throws IOException {
        IndexColorModel palette = new IndexColorModel(2, 3, new byte[] {1, 2, 3}, new byte[] {4, 5, 6}, new byte[] {7, 8, 9});
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY, palette);
        image.getRaster().setSample(0, 0, 0, 2);
        assertThat(decoder.decode(png(image), "p").rgb()).containsExactly(3, 6, 9, 1, 4, 7);

        BufferedImage bits = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
        bits.getRaster().setSample(1, 0, 0, 1);
        assertThat(decoder.decode(png(bits), "p").rgb()).containsExactly(0, 0, 0, 255, 255, 255);
    }

    @Test
    void jpegIsRead() throws IOException {
        BufferedImage image = new BufferedImage(16, 8, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 128; i++) {
            image.setRGB(i % 16, i / 16, 0x40_80_C0);
        }
        Picture picture = decoder.decode(encoded(image, "jpg"), "p");
        assertThat(picture.width()).isEqualTo(16);
        for (int i = 0; i < picture.rgb().length; i++) {
            assertThat(picture.rgb()[i] & 0xFF).isCloseTo(new int[] {0x40, 0x80, 0xC0}[i % 3], org.assertj.core.data.Offset.offset(3));
        }
    }

    @Test
    void aGreyJpegIsRead() throws IOException {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        Arrays.fill(((java.awt.image.DataBufferByte) image.getRaster().getDataBuffer()).getData(), (byte) 77);
        byte[] expected = new byte[192];
        Arrays.fill(expected, (byte) 77);
        assertThat(decoder.decode(encoded(image, "jpg"), "p").rgb()).isEqualTo(expected);
    }

    @Test
    void cmykIsRefused() throws IOException {
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 8, 8, 4, null);
        var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new javax.imageio.IIOImage(raster, null, null), null);
        } finally {
            writer.dispose();
        }
        byte[] plain = bytes.toByteArray();
        byte[] adobe = ByteBuffer.allocate(plain.length + 16).put(plain, 0, 2).putInt(0xFFEE000E)
                .put(new byte[] {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0}).put(plain, 2, plain.length - 2).array();
        for (byte[] file : new byte[][] {plain, adobe}) {
            assertThatThrownBy(() -> decoder.decode(file, "cmyk.jpg")).isInstanceOf(PictureException.class)
                    .hasMessageContaining("cmyk.jpg").hasMessageContaining("CMYK");
        }
    }

    @Test
    void missingFoldersAndOtherFilesAreNamed(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> decoder.decode(folder.resolve("a.png"))).isInstanceOf(PictureException.class)
                .hasMessageEndingWith("a.png does not exist.");
        assertThatThrownBy(() -> decoder.decode(folder)).isInstanceOf(PictureException.class).hasMessageEndingWith("is not a file.");
        for (String content : new String[] {"", "x", "GIF89a\1\0\1\0"}) {
            Path file = Files.writeString(folder.resolve("b.png"), content);
            assertThatThrownBy(() -> decoder.decode(file)).isInstanceOf(PictureException.class)
                    .hasMessageContaining("neither PNG nor JPEG");
        }
        assertThat(decoder.decode(Files.write(folder.resolve("c"), sample())).height()).isEqualTo(128);
    }

    @Test
    void tooLargeIsRefusedFromTheHeader() throws IOException {
        assertThatThrownBy(() -> decoder.decode(pngHeader(100_000, 100_000), "bomb.png")).isInstanceOf(PictureException.class)
                .hasMessageContaining("bomb.png has 100000 x 100000 = 10000000000 pixels, at most 32000000");
        assertThatThrownBy(() -> decoder.decode(pngHeader(1, 1_000_000), "thin.png")).isInstanceOf(PictureException.class)
                .hasMessageContaining("no side above 32768");
        assertThatThrownBy(() -> new PictureDecoder(128 * 127).decode(sample(), "p")).isInstanceOf(PictureException.class);
        assertThat(new PictureDecoder(128 * 128).decode(sample(), "p").width()).isEqualTo(128);
    }

    @Test
    void zeroSizesAreRefused() throws IOException {
        assertThatThrownBy(() -> decoder.decode(pngHeader(0, 5), "p")).isInstanceOf(PictureException.class).hasMessageContaining("damaged");
        assertThatThrownBy(() -> decoder.decode(pngHeader(5, -1), "p")).isInstanceOf(PictureException.class);
    }

    @Test
    void aFileThatIsTooLongIsRefused(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("long.png");
        Files.write(file, Arrays.copyOf(sample(), (16 << 20) + 200));
        assertThatThrownBy(() -> new PictureDecoder(10).decode(file)).isInstanceOf(PictureException.class)
                .hasMessageContaining("more than 16777296 bytes");
    }

    @Test
    void cutOffPicturesAreRefused() throws IOException {
        BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(5);
        for (int i = 0; i < 4096; i++) {
            image.setRGB(i % 64, i / 64, random.nextInt());
        }
        for (byte[] whole : new byte[][] {png(image), encoded(image, "jpg")}) {
            for (int part = 1; part < 8; part++) {
                byte[] cut = Arrays.copyOf(whole, whole.length * part / 8);
                assertThatThrownBy(() -> decoder.decode(cut, "cut")).isInstanceOf(PictureException.class);
            }
        }
    }

    @Test
    void damagedBytesNeverGiveAnotherErrorThanOurs() throws IOException {
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        long seed = 11L;
        Random random = new Random(seed);
        for (byte[] whole : new byte[][] {png(image), encoded(image, "jpg")}) {
            for (int round = 0; round < 400; round++) {
                byte[] damaged = whole.clone();
                for (int i = random.nextInt(6); i >= 0; i--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
                }
                try {
                    decoder.decode(damaged, "damaged");
                } catch (PictureException expected) {
                    assertThat(expected).as("seed %d, round %d", seed, round).hasMessageContaining("damaged");
                }
            }
        }
    }

    private static byte[] png(BufferedImage image) throws IOException {
        return encoded(image, "png");
    }

    private static byte[] encoded(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, bytes)).isTrue();
        return bytes.toByteArray();
    }

    /** Signature, header chunk (8-bit RGB) and an empty data chunk. */
    private static byte[] pngHeader(int width, int height) {
        ByteBuffer file = ByteBuffer.allocate(8 + 25 + 12).putLong(0x89504E470D0A1A0AL);
        file.putInt(13).putInt(0x49484452).putInt(width).putInt(height).put(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(file.array(), 12, 17);
        file.putInt((int) crc.getValue());
        return file.putInt(0).putInt(0x49444154).putInt(0x35AF061E).array();
    }
}
