package org.autoneural.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.StorageLayout;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorViews;
import org.autoneural.ir.text.IrPrinter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactRoundTripTest {
    @TempDir
    Path folder;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyOpTypeAndEncodingComesBack(long seed) throws IOException {
        Program program = Programs.everything(seed);
        Path file = folder.resolve("model.npu");
        ArtifactWriter.write(file, Programs.content(program));
        try (Artifact artifact = Artifact.open(file)) {
            artifact.verify();
            assertSame(artifact.program(), program);
            // Now from mapped storage instead of elements.
            ArtifactContent again = ArtifactContent.of(artifact.program(), artifact.metadata(),
                    Map.of("tokenizer.json", artifact.file("tokenizer.json").orElseThrow(), "config.json",
                            artifact.file("config.json").orElseThrow(), "empty", artifact.file("empty").orElseThrow()));
            assertThat(Programs.bytes(folder, again)).isEqualTo(Files.readAllBytes(file));
        }
    }

    @Test
    void smallProgram() throws IOException {
        Path file = folder.resolve("model.npu");
        ArtifactWriter.write(file, Programs.content(Programs.small()));
        try (Artifact artifact = Artifact.open(file)) {
            assertSame(artifact.program(), Programs.small());
            assertThat(artifact.metadata()).containsExactly(Map.entry("model", "small"), Map.entry("recipe", "w4a16"), Map.entry("ä", ""));
            assertThat(artifact.files()).containsExactly("config.json", "empty", "tokenizer.json");
            assertThat(StandardCharsets.UTF_8.decode(artifact.file("tokenizer.json").orElseThrow()).toString())
                    .isEqualTo("{\"version\": \"1.0\"}");
            assertThat(artifact.file("none")).isEmpty();
            assertThat(artifact.program().entryPoint("decode").nodes().get(0).source()).isEqualTo("model.layers.0.mlp");
        }
        assertThat(Programs.filesIn(folder)).containsExactly(file);
    }

    @Test
    void storageIsReadOnlyLittleEndianAndAligned() throws IOException {
        Path file = folder.resolve("model.npu");
        ArtifactWriter.write(file, Programs.content(Programs.small()));
        Artifact artifact = Artifact.open(file);
        ByteBuffer w = artifact.program().entryPoint("decode").constant("layers.0.w").orElseThrow().storage().orElseThrow();
        assertThat(w.isReadOnly()).isTrue();
        assertThat(w.isDirect()).isTrue();
        assertThat(w.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(w.alignmentOffset(0, 64)).isZero();
        // 1, 2, 3, 4 ... 7, -8, ... -1: even index in the low nibble, 0 behind the last.
        byte[] bytes = new byte[w.remaining()];
        w.get(bytes);
        assertThat(bytes).containsExactly(0x21, 0x43, 0x65, 0x87, 0xA9, 0xCB, 0xED, 0x0F);
        assertThat(artifact.segments()).allMatch(s -> s.offsetBytes() % 64 == 0 && s.layout() == StorageLayout.ROW_MAJOR);
    }

    @Test
    void sharedConstantsAreStoredOnce() throws IOException {
        Path file = folder.resolve("model.npu");
        ArtifactWriter.write(file, Programs.content(Programs.small()));
        try (Artifact artifact = Artifact.open(file)) {
            assertThat(artifact.segments()).extracting(Segment::name)
                    .containsExactly("layers.0.w", "bias", "only.prefill", "only.decode");
            Program p = artifact.program();
            assertThat(p.entryPoint("prefill").constants().get("bias")).isSameAs(p.entryPoint("decode").constants().get("bias"));
        }
    }

    @Test
    void sameContentGivesSameBytes() throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("b", "2");
        metadata.put("a", "1");
        Map<String, String> reversed = new LinkedHashMap<>();
        reversed.put("a", "1");
        reversed.put("b", "2");
        byte[] first = Programs.bytes(folder, ArtifactContent.of(Programs.everything(7), metadata, Map.of()));
        byte[] second = Programs.bytes(folder, ArtifactContent.of(Programs.everything(7), reversed, Map.of()));
        assertThat(second).isEqualTo(first);
        assertThat(Programs.bytes(folder, ArtifactContent.of(Programs.everything(8), reversed, Map.of()))).isNotEqualTo(first);
    }

    @Test
    void highNibbleBehindAnOddS4TensorIsCleared() throws IOException {
        TensorData dirty = new Stored(DType.S4, Shape.of(3), new byte[] {0x21, (byte) 0xF3});
        TensorData clean = Tensor.ofInts(DType.S4, Shape.of(3), 1, 2, 3);
        assertThat(Programs.bytes(folder, content(constants("c", dirty))))
                .isEqualTo(Programs.bytes(folder, content(constants("c", clean))));
    }

    @Test
    void severalBlocksOfElements() throws IOException {
        for (DType dtype : List.of(DType.S4, DType.S16, DType.S32, DType.BF16)) {
            TensorData data = new Programs.Computed(dtype, Shape.of(3, 100_001), 5);
            Path file = folder.resolve("model.npu");
            ArtifactWriter.write(file, content(constants("c", data)));
            try (Artifact artifact = Artifact.open(file)) {
                assertEqual("c", artifact.program().entryPoint("g").constants().get("c"), data);
            }
        }
    }

    @Test
    void severalBlocksOfStorage() throws IOException {
        byte[] bytes = new byte[(5 << 20) + 3];
        new Random(9).nextBytes(bytes);
        Path file = folder.resolve("model.npu");
        ArtifactWriter.write(file, content(constants("c", new Stored(DType.U8, Shape.of(bytes.length), bytes))));
        try (Artifact artifact = Artifact.open(file)) {
            artifact.verify();
            assertThat(artifact.program().entryPoint("g").constants().get("c").storage().orElseThrow()).isEqualTo(ByteBuffer.wrap(bytes));
        }
    }

    @Test
    void tilesKeepTheirElementsAndTheirLayout() throws IOException {
        for (DType dtype : List.of(DType.S4, DType.S8)) {
            for (Shape shape : List.of(Shape.of(1, 1), Shape.of(33, 2, 3, 5), Shape.of(200, 9001))) {
                TensorData data = new Programs.Computed(dtype, shape, 5);
                Path file = folder.resolve("model.npu");
                ArtifactWriter.write(file, content(constants("c", TensorViews.stored(data, StorageLayout.TILE32))));
                byte[] first = Files.readAllBytes(file);
                try (Artifact artifact = Artifact.open(file)) {
                    artifact.verify();
                    TensorData read = artifact.program().entryPoint("g").constants().get("c");
                    assertThat(read.layout()).isEqualTo(StorageLayout.TILE32);
                    assertEqual("c", read, data);
                    assertRangesEqual(read, data);
                    ArtifactWriter.write(folder.resolve("again.npu"), content(constants("c", read)));
                    assertThat(Files.readAllBytes(folder.resolve("again.npu"))).isEqualTo(first);
                }
            }
        }
    }

    /** Ranges that begin and end anywhere in a row, and some of several rows. */
    private static void assertRangesEqual(TensorData found, TensorData expected) {
        Random random = new Random(6);
        for (int i = 0; i < 50; i++) {
            int count = random.nextInt(1 + (int) Math.min(expected.elements(), i % 2 == 0 ? 40 : 20_000));
            long from = (long) (random.nextDouble() * (expected.elements() - count + 1));
            int[] values = new int[count + 2];
            found.readInts(from, values, 1, count);
            for (int k = 0; k < count; k++) {
                if (values[1 + k] != expected.getLong(from + k)) {
                    assertThat((long) values[1 + k]).as("element %d", from + k).isEqualTo(expected.getLong(from + k));
                }
            }
            assertThat(values[count + 1]).isZero();
        }
    }

    @Test
    void noEntryPointsAtAll() throws IOException {
        Path file = folder.resolve("model.npu");
        ArtifactWriter.write(file, ArtifactContent.of(new Program(List.of()), Map.of(), Map.of()));
        try (Artifact artifact = Artifact.open(file)) {
            artifact.verify();
            assertThat(artifact.program().entryPoints()).isEmpty();
        }
    }

    @Test
    void fileBeyondFourGibibytes() throws IOException {
        // A sparse file: three segments of 1.5 GiB that were never written, so their hashes are not those of zeros.
        int size = 3 << 29;
        String hash = "00".repeat(32);
        List<Segment> segments = new ArrayList<>();
        GraphBuilder b = new GraphBuilder("g", Stage.INTEGER);
        for (int i = 0; i < 3; i++) {
            TensorData data = new Programs.Computed(DType.S16, Shape.of(size / 2), 0);
            segments.add(new Segment(b.constant("c" + i, data), DType.S16, data.shape(), StorageLayout.ROW_MAJOR,
                    Header.SIZE_BYTES + i * (long) size, size, hash));
        }
        long end = Header.SIZE_BYTES + 3L * size;
        ByteBuffer directory = new DirectoryWriter().write(content(b.build()), segments, List.of());
        Header header = new Header(end + directory.remaining(), end, directory.remaining(), Sha256.of(directory));
        Path file = folder.resolve("sparse.npu");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(header.encode(), 0);
            channel.write(directory, end);
            channel.write(ByteBuffer.wrap(new byte[] {0x34, 0x12}), end - 2);
        }
        try (Artifact artifact = Artifact.open(file)) {
            TensorData last = artifact.program().entryPoint("g").constants().get("c2");
            assertThat(last.getLong(last.elements() - 1)).isEqualTo(0x1234);
            assertThat(last.getLong(0)).isZero();
            assertThat(last.storage().orElseThrow().remaining()).isEqualTo(size);
        }
    }

    @Test
    void manyThreadsShareOneArtifact() throws Exception {
        Program program = Programs.everything(3);
        Path file = folder.resolve("model.npu");
        ArtifactWriter.write(file, Programs.content(program));
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try (Artifact artifact = Artifact.open(file)) {
            Callable<Void> check = () -> {
                artifact.verify();
                assertSame(artifact.program(), program);
                return null;
            };
            for (Future<Void> f : pool.invokeAll(java.util.Collections.nCopies(32, check))) {
                f.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void constantsOutliveTheArtifact() throws IOException {
        Path file = folder.resolve("model.npu");
        ArtifactWriter.write(file, Programs.content(Programs.small()));
        Artifact artifact = Artifact.open(file);
        TensorData w = artifact.program().entryPoint("decode").constants().get("layers.0.w");
        artifact.close();
        assertThat(w.getLong(7)).isEqualTo(-8);
        assertThatThrownBy(artifact::program).isInstanceOf(IllegalStateException.class).hasMessageContaining("model.npu is closed");
    }

    @Test
    void anOpenedFileSurvivesItsReplacement() throws IOException {
        Path file = folder.resolve("model.npu");
        ArtifactWriter.write(file, Programs.content(Programs.small()));
        try (Artifact before = Artifact.open(file)) {
            ArtifactWriter.write(file, Programs.content(Programs.everything(1)));
            before.verify();
            try (Artifact after = Artifact.open(file)) {
                assertThat(after.sha256()).isNotEqualTo(before.sha256());
            }
        }
    }

    static ArtifactContent content(Graph graph) {
        return ArtifactContent.of(new Program(List.of(graph)), Map.of(), Map.of());
    }

    static Graph constants(String name, TensorData data) {
        GraphBuilder b = new GraphBuilder("g", Stage.INTEGER);
        b.constant(name, data);
        return b.build();
    }

    /** A constant with packed storage on the heap. */
    record Stored(DType dtype, Shape shape, byte[] bytes) implements TensorData {
        @Override
        public float getFloat(long index) {
            throw new AssertionError("read by element");
        }

        @Override
        public long getLong(long index) {
            throw new AssertionError("read by element");
        }

        @Override
        public java.util.Optional<ByteBuffer> storage() {
            return java.util.Optional.of(ByteBuffer.wrap(bytes).asReadOnlyBuffer());
        }
    }

    private static void assertSame(Program found, Program expected) {
        assertThat(found.entryPoints()).hasSameSizeAs(expected.entryPoints());
        for (int i = 0; i < expected.entryPoints().size(); i++) {
            Graph f = found.entryPoints().get(i);
            Graph e = expected.entryPoints().get(i);
            assertThat(IrPrinter.print(f)).isEqualTo(IrPrinter.print(e));
            assertThat(f.nodes()).isEqualTo(e.nodes());
            assertThat(f.types()).isEqualTo(e.types());
            e.constants().forEach((name, data) -> assertEqual(name, f.constants().get(name), data));
        }
    }

    private static void assertEqual(String name, TensorData found, TensorData expected) {
        assertThat(found.dtype()).isEqualTo(expected.dtype());
        assertThat(found.shape()).isEqualTo(expected.shape());
        for (long i = 0; i < expected.elements(); i++) {
            if (expected.dtype().isFloat()) {
                int bits = Float.floatToRawIntBits(expected.getFloat(i));
                if (Float.floatToRawIntBits(found.getFloat(i)) != bits) {
                    assertThat(found.getFloat(i)).as("%s[%d]", name, i).isEqualTo(expected.getFloat(i));
                }
            } else if (found.getLong(i) != expected.getLong(i) || found.getFloat(i) != expected.getFloat(i)) {
                assertThat(found.getLong(i)).as("%s[%d]", name, i).isEqualTo(expected.getLong(i));
                assertThat(found.getFloat(i)).as("%s[%d]", name, i).isEqualTo(expected.getFloat(i));
            }
        }
    }
}
