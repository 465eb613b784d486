package org.autoneural.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.autoneural.artifact.ArtifactException.Code;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.StorageLayout;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactDamageTest {
    @TempDir
    Path folder;
    private Path file;
    private byte[] good;

    @BeforeEach
    void writeSmallFile() throws IOException {
        file = folder.resolve("model.npu");
        good = Programs.bytes(folder, Programs.content(Programs.small()));
    }

    @Test
    void everyFlippedByteIsFound() throws IOException {
        Random random = new Random(11);
        Files.write(file, good);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int at = 0; at < good.length; at++) {
                channel.write(ByteBuffer.wrap(new byte[] {(byte) (good[at] ^ 1 << random.nextInt(8))}), at);
                ArtifactException e = catchThrowableOfType(ArtifactException.class, () -> Artifact.open(file).verify());
                assertThat(e).as("byte %d of %d, seed 11", at, good.length).isNotNull();
                assertThat(e).hasMessageContaining("model.npu: found").hasMessageContaining("; allowed: ");
                channel.write(ByteBuffer.wrap(good, at, 1), at);
            }
        }
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        Files.write(file, good);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int length = good.length - 1; length >= 0; length--) {
                channel.truncate(length);
                assertThatThrownBy(() -> Artifact.open(file)).as("length %d", length).isInstanceOf(ArtifactException.class);
            }
        }
        Files.write(file, Arrays.copyOf(good, good.length + 1));
        assertCode(Code.AR004, "found " + (good.length + 1) + " bytes; allowed: exactly the " + good.length);
    }

    /** A directory whose hash is right although its content is not: a hostile file. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {21, 22, 23})
    void directoriesWithRightHashAndWrongContent(long seed) throws IOException {
        Random random = new Random(seed);
        int start = directoryOffset();
        for (int round = 0; round < 1000; round++) {
            byte[] bad = good.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                int at = start + random.nextInt(bad.length - start);
                switch (random.nextInt(3)) {
                    case 0 -> bad[at] = (byte) random.nextInt();
                    case 1 -> bad[at] = new byte[] {0, 1, -1, 127, -128}[random.nextInt(5)];
                    default -> ByteBuffer.wrap(bad).order(ByteOrder.LITTLE_ENDIAN).putInt(Math.min(at & -4, bad.length - 4),
                            new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 29, 1 << 30}[random.nextInt(5)]);
                }
            }
            Files.write(file, rehashed(bad, start));
            try {
                Artifact.open(file).verify();
            } catch (ArtifactException e) {
                assertThat(e.code()).as(e.getMessage()).isIn(Code.AR006, Code.AR007);
            } catch (RuntimeException | Error e) {
                fail("seed " + seed + ", round " + round, e);
            }
        }
    }

    @Test
    void aHugeListInASmallDirectoryIsRefusedBeforeMemoryIsTaken() throws IOException {
        // The vector of metadata: its length is the first field that the reader of the metadata meets.
        int start = directoryOffset();
        byte[] bad = good.clone();
        int found = 0;
        for (int at = start; at + 4 <= bad.length; at += 4) {
            byte[] copy = bad.clone();
            ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putInt(at, 500_000_000);
            Files.write(file, rehashed(copy, start));
            ArtifactException e = catchThrowableOfType(ArtifactException.class, () -> Artifact.open(file));
            found += e != null && e.getMessage().contains("a list of 500000000 items") ? 1 : 0;
        }
        assertThat(found).isGreaterThan(3);
    }

    @Test
    void newerVersion() throws IOException {
        byte[] newer = good.clone();
        newer[8] = 7;
        Files.write(file, newer);
        assertCode(Code.AR003, "made by a newer version, format 7; allowed: this version reads formats 1 to 1. "
                + "Recompile the model, or update AutoNeural.");
    }

    @Test
    void notAModelFile() throws IOException {
        Files.write(file, new byte[0]);
        assertCode(Code.AR002, "found an empty file");
        Files.write(file, "PK".getBytes(StandardCharsets.US_ASCII));
        assertCode(Code.AR002, "found the first bytes 50 4b; allowed: a model file, which starts with 89 4e 50 55 0d 0a 1a 0a");
        Files.write(file, new byte[100_000]);
        assertCode(Code.AR002, "found the first bytes 00 00 00 00");
        Files.write(file, Arrays.copyOf(good, 60));
        assertCode(Code.AR004, "found only 60 bytes");
    }

    @Test
    void noFileOrAFolder() {
        file = folder.resolve("none.npu");
        assertCode(Code.AR001, "none.npu: found no such file");
        file = folder;
        assertCode(Code.AR001, "found a folder");
    }

    @Test
    void damageIsNamed() throws IOException {
        byte[] bad = good.clone();
        bad[Header.SIZE_BYTES] ^= 1;
        Files.write(file, bad);
        Artifact artifact = Artifact.open(file);
        assertThatThrownBy(artifact::verify).isInstanceOf(ArtifactException.class)
                .hasMessageContaining("AR007").hasMessageContaining("part '%layers.0.w' (8 bytes at 128) with SHA-256 ");
        assertThat(artifact.file("config.json")).isPresent();

        bad = good.clone();
        bad[Header.SIZE_BYTES + 8] = 1;
        Files.write(file, bad);
        assertThatThrownBy(() -> Artifact.open(file).verify()).isInstanceOf(ArtifactException.class).hasMessageContaining("in the padding");
    }

    @Test
    void aDamagedInnerFileIsNotHandedOut() throws IOException {
        byte[] bad = good.clone();
        bad[new String(good, StandardCharsets.ISO_8859_1).indexOf("{\"version")] = '[';
        Files.write(file, bad);
        Artifact artifact = Artifact.open(file);
        assertThatThrownBy(() -> artifact.file("tokenizer.json")).isInstanceOf(ArtifactException.class)
                .hasMessageContaining("AR007").hasMessageContaining("tokenizer.json");
    }

    @Test
    void opsOfAnotherVersionAreNamed() throws IOException {
        byte[] bad = good.clone();
        int at = new String(good, StandardCharsets.ISO_8859_1).indexOf("{axis=");
        bad[at + 1] = 'b';
        Files.write(file, rehashed(bad, directoryOffset()));
        assertCode(Code.AR006, "in the directory: graph ");
        assertCode(Code.AR006, "node %next (concat)");
        assertCode(Code.AR006, "Recompile the model with this version");
    }

    @Test
    void partsMustNotOverlap() throws IOException {
        String hash = "00".repeat(32);
        Segment a = new Segment("only.decode", DType.S8, Shape.of(64), StorageLayout.ROW_MAJOR, 128, 64, hash);
        Segment b = new Segment("only.prefill", DType.S8, Shape.of(64), StorageLayout.ROW_MAJOR, 128, 64, hash);
        Files.write(file, forged(256, a, b));
        assertCode(Code.AR006, "part '%only.prefill' (64 bytes at 128), not at 192");
    }

    /** 33 rows of 5 columns of s8 are two tiles of two groups of columns, 128 bytes each. */
    @Test
    void tilesOfAWrongLengthAreRefused() throws IOException {
        Files.write(file, forged(128 + 512, tiles(DType.S8, Shape.of(33, 5), 512)));
        assertThat(Artifact.open(file).segments()).hasSize(1);
        for (int wrong : new int[] {33 * 5, 256, 448, 576, 1024, 0}) {
            Files.write(file, forged(128 + (wrong + 63) / 64 * 64, tiles(DType.S8, Shape.of(33, 5), wrong)));
            assertCode(Code.AR006, "in the directory: segment %w of " + wrong + " bytes for tile32 s8[33,5]");
        }
    }

    @Test
    void tilesOfWhatIsNoMatrixOfWeightsAreRefused() throws IOException {
        record Wrong(DType dtype, Shape shape, String text) {}
        for (Wrong wrong : List.of(new Wrong(DType.S8, Shape.of(128), "s8[128]"), new Wrong(DType.S4, Shape.of(), "s4[]"),
                new Wrong(DType.S16, Shape.of(32, 4), "s16[32,4]"), new Wrong(DType.U8, Shape.of(32, 4), "u8[32,4]"),
                new Wrong(DType.S4, Shape.of(Integer.MAX_VALUE, 1), "s4[2147483647,1]"),
                new Wrong(DType.S8, Shape.of(1, Integer.MAX_VALUE), "s8[1,2147483647]"))) {
            Files.write(file, forged(256, tiles(wrong.dtype(), wrong.shape(), 128)));
            assertCode(Code.AR006, "in the directory: segment %w of 128 bytes for tile32 " + wrong.text());
        }
    }

    @Test
    void anUnknownLayoutIsNamed() throws IOException {
        byte[] bad = forged(256, tiles(DType.S8, Shape.of(32, 4), 128));
        bad[new String(bad, StandardCharsets.ISO_8859_1).indexOf("tile32") + 4] = '6';
        Files.write(file, rehashed(bad, 256));
        assertCode(Code.AR006, "in the directory: the layout 'tile62', not one of row-major, tile32");
    }

    private static Segment tiles(DType dtype, Shape shape, int sizeBytes) {
        return new Segment("w", dtype, shape, StorageLayout.TILE32, 128, sizeBytes, "00".repeat(32));
    }

    /** A file whose directory, at {@code directoryOffset}, lists {@code segments} and an empty graph. */
    private static byte[] forged(int directoryOffset, Segment... segments) {
        ByteBuffer directory = new DirectoryWriter().write(ArtifactRoundTripTest.content(
                new org.autoneural.ir.GraphBuilder("g", org.autoneural.ir.Stage.INTEGER).build()), List.of(segments), List.of());
        byte[] bytes = new byte[directoryOffset + directory.remaining()];
        directory.get(bytes, directoryOffset, directory.remaining());
        return rehashed(bytes, directoryOffset);
    }

    private void assertCode(Code code, String message) {
        ArtifactException e = catchThrowableOfType(ArtifactException.class, () -> Artifact.open(file));
        assertThat(e).hasMessageContaining(message).hasMessageStartingWith(code + " " + file);
        assertThat(e.code()).isEqualTo(code);
    }

    private int directoryOffset() {
        return (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong(24);
    }

    private static byte[] rehashed(byte[] bytes, int directoryOffset) {
        ByteBuffer directory = ByteBuffer.wrap(bytes, directoryOffset, bytes.length - directoryOffset);
        new Header(bytes.length, directoryOffset, directory.remaining(), Sha256.of(directory)).encode().get(bytes, 0, Header.SIZE_BYTES);
        return bytes;
    }
}
