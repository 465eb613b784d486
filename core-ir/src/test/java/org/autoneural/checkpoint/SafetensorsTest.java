package org.autoneural.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.autoneural.checkpoint.SafetensorsWriter.Tensor;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class SafetensorsTest {
    @TempDir
    Path folder;

    @Test
    void readsWhatTheWriterWrote() throws IOException {
        Path file = folder.resolve("w.safetensors");
        SafetensorsWriter.write(file, Map.of("format", "pt"), List.of(
                Tensor.ofBfloats("b.weight", Shape.of(2, 3), i -> i * 0.5f - 1),
                Tensor.ofFloats("a", Shape.of(), i -> -0.1f),
                Tensor.ofBytes("empty", SafetensorsDType.U8, Shape.of(0, 7), new byte[0]),
                Tensor.ofBytes("ids", SafetensorsDType.I64, Shape.of(1), new byte[] {-2, -1, -1, -1, -1, -1, -1, -1})));

        try (Safetensors weights = Safetensors.open(file)) {
            assertThat(weights.tensors()).containsExactly("a", "b.weight", "empty", "ids");
            assertThat(weights.metadata()).containsExactly(Map.entry("format", "pt"));
            CheckpointTensor b = weights.tensor("b.weight");
            assertThat(b.dtype()).isEqualTo(DType.BF16);
            assertThat(b.shape()).isEqualTo(Shape.of(2, 3));
            assertThat(b.sizeBytes()).isEqualTo(12);
            assertThat(b.toFloats()).containsExactly(-1, -0.5f, 0, 0.5f, 1, 1.5f);
            assertThat(b.getFloat(5)).isEqualTo(1.5f);
            assertThat(b.toString()).endsWith("w.safetensors: \"b.weight\" BF16 [2,3]");
            assertThat(weights.tensor("a").toFloats()).containsExactly(-0.1f);
            assertThat(weights.tensor("empty").toFloats()).isEmpty();
            assertThat(weights.tensor("ids").getLong(0)).isEqualTo(-2);
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void theWriterIsDeterministicAndAligned() throws IOException {
        Tensor narrow = Tensor.ofBytes("a", SafetensorsDType.U8, Shape.of(3), new byte[3]);
        Tensor wide = Tensor.ofFloats("z", Shape.of(2), i -> 1);
        Path one = folder.resolve("one");
        Path two = folder.resolve("two");
        SafetensorsWriter.write(one, Map.of("x", "1", "y", "2"), List.of(narrow, wide));
        SafetensorsWriter.write(two, Map.of("y", "2", "x", "1"), List.of(wide, narrow));
        assertThat(one).hasSameBinaryContentAs(two);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(one)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.getLong(0) % 8).isZero();
        assertThat(bytes.getFloat(8 + (int) bytes.getLong(0))).isEqualTo(1);
    }

    @Test
    void aStructureHasNamesAndShapesAndZeros() throws IOException {
        Path file = folder.resolve("structure.safetensors");
        SafetensorsWriter.writeStructure(file, List.of(Tensor.ofBfloats("b.weight", Shape.of(2, 3), i -> 1), Tensor.ofFloats("a", Shape.of(4), i -> 1)));
        try (Safetensors read = Safetensors.open(file)) {
            assertThat(read.tensors()).containsExactlyInAnyOrder("a", "b.weight");
            assertThat(read.tensor("b.weight").dtype()).isEqualTo(DType.BF16);
            assertThat(read.tensor("b.weight").toFloats()).containsExactly(0, 0, 0, 0, 0, 0);
            assertThat(read.tensor("a").shape()).isEqualTo(Shape.of(4));
        }
    }

    @Test
    void theWriterLeavesNothingBehindWhenItFails() throws IOException {
        Path file = Files.writeString(folder.resolve("w"), "before");
        Tensor tooShort = Tensor.ofBytes("t", SafetensorsDType.U8, Shape.of(3), new byte[2]);
        assertThatThrownBy(() -> SafetensorsWriter.write(file, Map.of(), List.of(tooShort)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("2 bytes").hasMessageContaining("takes 3");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
        assertThat(file).hasContent("before");
    }

    @Test
    void bfloatsAreRoundedToNearestEven() throws IOException {
        // 1 + 2^-8 is half way between 1 and 1 + 2^-7; 1 + 3 * 2^-8 half way between 1 + 2^-7 and 1 + 2^-6.
        float[] values = {1 + 0x1p-8f, 1 + 3 * 0x1p-8f, 1 + 0x1p-8f + 0x1p-20f, -Float.MAX_VALUE, Float.NaN, Float.MIN_VALUE};
        Path file = folder.resolve("w");
        SafetensorsWriter.write(file, Map.of(), List.of(Tensor.ofBfloats("t", Shape.of(6), i -> values[(int) i])));
        try (Safetensors weights = Safetensors.open(file)) {
            assertThat(weights.tensor("t").toFloats())
                    .containsExactly(1, 1 + 0x1p-6f, 1 + 0x1p-7f, Float.NEGATIVE_INFINITY, Float.NaN, 0);
        }
    }

    /** Ranges equal single elements, for every type, at odd places, across the steps in which ranges are decoded. */
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "C64")
    void rangesEqualElements(SafetensorsDType dtype) throws IOException {
        long seed = 20_260_101;
        Random random = new Random(seed);
        byte[] content = new byte[70_000 * dtype.bits() / 8];
        random.nextBytes(content);
        Path file = folder.resolve("w");
        SafetensorsWriter.write(file, Map.of(), List.of(Tensor.ofBytes("t", dtype, Shape.of(70, 1000), content)));
        try (Safetensors weights = Safetensors.open(file)) {
            CheckpointTensor tensor = weights.tensor("t");
            for (int round = 0; round < 20; round++) {
                int from = random.nextInt(70_000);
                int count = round < 4 ? 70_000 - from : random.nextInt(Math.min(200, 70_000 - from));
                float[] range = new float[count + 3];
                tensor.readFloats(from, range, 2, count);
                assertThat(range[0]).isZero();
                assertThat(range[count + 2]).isZero();
                for (int i = 0; i < count; i++) {
                    assertThat(Float.floatToIntBits(range[2 + i])).as("seed %d, element %d", seed, from + i)
                            .isEqualTo(Float.floatToIntBits(tensor.getFloat(from + i)));
                }
            }
            byte[] copy = new byte[content.length];
            tensor.readBytes(0, copy, 0, copy.length);
            assertThat(copy).isEqualTo(content);
        }
    }

    /**
     * A file of 4.5 GiB of which a few bytes are written (the rest is a hole of the file system): elements on, before and after
     * the borders of the mapped segments, and elements that straddle one, read back singly and in ranges.
     */
    @Test
    void filesAboveTwoGibibytes() throws IOException {
        long gib = 1L << 30;
        long head = 3; // an odd number of bytes, so that every F32 element is unaligned and one straddles each border
        long floats = gib + 1000;
        long bytes = head + 4 * floats + 8 * (gib >> 4);
        String header = "{" + RawSafetensors.entry("a.u8", "U8", "[3]", 0, head) + ","
                + RawSafetensors.entry("b.f32", "F32", "[1," + floats + "]", head, head + 4 * floats) + ","
                + RawSafetensors.entry("c.i64", "I64", "[" + (gib >> 4) + "]", head + 4 * floats, bytes) + "}";
        Path file = folder.resolve("large.safetensors");
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        long start = 8 + json.length;
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(start + bytes);
            out.write(RawSafetensors.bytes(header, 0));
            for (long border = gib; border < head + 4 * floats; border += gib) {
                for (long i = (border - head) / 4 - 2; i <= (border - head) / 4 + 2; i++) {
                    out.seek(start + head + 4 * i);
                    out.writeInt(Integer.reverseBytes(Float.floatToIntBits(value(i))));
                }
            }
            out.seek(start + bytes - 8);
            out.writeLong(Long.reverseBytes(-123_456_789_012L));
        }

        try (Safetensors weights = Safetensors.open(file)) {
            CheckpointTensor b = weights.tensor("b.f32");
            assertThat(b.sizeBytes()).isEqualTo(4 * floats);
            float[] range = new float[100_000];
            int borders = 0;
            for (long border = gib; border < head + 4 * floats; border += gib, borders++) {
                long middle = (border - head) / 4;
                b.readFloats(middle - 50_000, range, 0, Math.toIntExact(Math.min(range.length, floats - middle + 50_000)));
                for (long i = middle - 2; i <= middle + 2; i++) {
                    assertThat(b.getFloat(i)).as("element %d", i).isEqualTo(value(i));
                    assertThat(range[(int) (i - middle + 50_000)]).as("element %d in a range", i).isEqualTo(value(i));
                }
                assertThat(range[50_003]).isZero();
            }
            assertThat(borders).isEqualTo(4);
            assertThat(weights.tensor("c.i64").getLong((gib >> 4) - 1)).isEqualTo(-123_456_789_012L);
        }
    }

    private static float value(long index) {
        return (index % 1_000_003) + 0.25f;
    }

    @Test
    void wrongUseOfATensor() throws IOException {
        Path file = folder.resolve("w");
        SafetensorsWriter.write(file, Map.of(), List.of(
                Tensor.ofFloats("f", Shape.of(2), i -> 1),
                Tensor.ofBytes("c", SafetensorsDType.C64, Shape.of(1), new byte[8]),
                Tensor.ofBytes("u", SafetensorsDType.U64, Shape.of(1), new byte[] {-1, -1, -1, -1, -1, -1, -1, -1})));
        Safetensors weights = Safetensors.open(file);
        CheckpointTensor f = weights.tensor("f");
        assertThatThrownBy(() -> f.getFloat(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> f.getFloat(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> f.readFloats(1, new float[2], 0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> f.readBytes(7, new byte[2], 0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> f.getLong(0)).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("tensor \"f\": its type is F32; integers are needed");
        assertThatThrownBy(() -> weights.tensor("c").toFloats()).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("C64 (complex numbers)");
        assertThatThrownBy(() -> weights.tensor("c").dtype()).isInstanceOf(CheckpointException.class);
        assertThatThrownBy(() -> weights.tensor("u").getLong(0)).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("18446744073709551615");
        assertThatThrownBy(() -> weights.tensor("g")).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("tensor \"g\" is missing");
        weights.close();
        assertThatThrownBy(() -> f.getFloat(0)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    }
}
