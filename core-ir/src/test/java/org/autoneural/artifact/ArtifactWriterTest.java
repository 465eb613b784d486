package org.autoneural.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.autoneural.artifact.ArtifactException.Code;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Meter;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactWriterTest {
    @TempDir
    Path folder;
    private Path file;
    private byte[] before;

    @BeforeEach
    void anEarlierFile() throws IOException {
        file = folder.resolve("model.npu");
        ArtifactWriter.write(file, Programs.content(Programs.small()));
        before = Files.readAllBytes(file);
    }

    /** A tensor that cannot be read beyond element {@code readable}. */
    private record Breaking(Shape shape, long readable) implements TensorData {
        @Override
        public DType dtype() {
            return DType.S32;
        }

        @Override
        public float getFloat(long index) {
            return getLong(index);
        }

        @Override
        public long getLong(long index) {
            if (index >= readable) {
                throw new IllegalStateException("the disk of the checkpoint is gone");
            }
            return index;
        }
    }

    @Test
    void aSourceThatFailsInTheMiddleLeavesTheOldFile() throws IOException {
        ArtifactContent content = ArtifactRoundTripTest.content(
                ArtifactRoundTripTest.constants("c", new Breaking(Shape.of(1_000_000), 900_000)));
        assertThatThrownBy(() -> ArtifactWriter.write(file, content)).isInstanceOf(IllegalStateException.class)
                .hasMessage("the disk of the checkpoint is gone");
        assertUntouched();
    }

    @Test
    void anInterruptLeavesTheOldFile() throws IOException {
        Thread.currentThread().interrupt();
        try {
            assertFault(Code.AR008, ArtifactRoundTripTest.constants("c", Tensor.index(1)), "ClosedByInterruptException");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertUntouched();
    }

    @Test
    void differentConstantsOfOneName() throws IOException {
        Graph a = renamed("a", Tensor.index(1));
        assertFault(Code.AR009, new Program(List.of(a, renamed("b", Tensor.index(2)))),
                "graph b, constant %c: s32[1] with SHA-256 ");
        assertFault(Code.AR009, new Program(List.of(a, renamed("b", Tensor.ofInts(DType.S8, Shape.of(1), 1)))),
                "graph b, constant %c: s8[1]; allowed: as in an earlier entry point, s32[1].");
        assertUntouched();
    }

    @Test
    void whatCannotBeStored() throws IOException {
        assertFault(Code.AR010, ArtifactRoundTripTest.constants("c", new Programs.Computed(DType.F16, Shape.of(2), 0)),
                "constant %c: elements of type f16");
        assertFault(Code.AR010, ArtifactRoundTripTest.constants("c", new Programs.Computed(DType.S8, Shape.of(1 << 20, 1 << 12), 0)),
                "constant %c: s8[1048576,4096]; allowed: at most 2147483584 bytes");
        assertFault(Code.AR010, ArtifactRoundTripTest.constants("c", new Programs.Computed(DType.S8, Shape.of(1 << 30, 1 << 30), 0)),
                "constant %c: s8[1073741824,1073741824]");
        assertFault(Code.AR010, ArtifactRoundTripTest.constants("c", new ArtifactRoundTripTest.Stored(DType.S16, Shape.of(3), new byte[5])),
                "constant %c: storage of 5 bytes for s16[3], which takes 6");
        GraphBuilder b = new GraphBuilder("g", Stage.INTEGER);
        b.constant("c", Tensor.index(1), TensorType.of(DType.S32, 2));
        assertFault(Code.AR010, b.build(), "constant %c: data of shape [1]; allowed: the shape of its type, s32[2]");
        assertFault(Code.AR010, ArtifactRoundTripTest.constants("c", new TooWide()), "element 1 = 8 outside s4 [-8, 7]");
        assertFault(Code.AR010, ArtifactRoundTripTest.constants("c\uD800", Tensor.index(1)), "a name or text");
        Graph g = renamed("g", Tensor.index(1));
        assertFault(Code.AR010, new Program(List.of(g, g)), "two entry points called 'g'");
        assertUntouched();
    }

    private record TooWide() implements TensorData {
        @Override
        public DType dtype() {
            return DType.S4;
        }

        @Override
        public Shape shape() {
            return Shape.of(2);
        }

        @Override
        public float getFloat(long index) {
            return getLong(index);
        }

        @Override
        public long getLong(long index) {
            return 7 + index;
        }
    }

    @Test
    void aTargetThatCannotBeWritten() throws IOException {
        ArtifactContent content = Programs.content(Programs.small());
        assertThatThrownBy(() -> ArtifactWriter.write(folder, content)).isInstanceOf(ArtifactException.class)
                .hasMessageContaining("AR008").hasMessageContaining("found a folder");
        assertThatThrownBy(() -> ArtifactWriter.write(folder.resolve("none/model.npu"), content)).isInstanceOf(ArtifactException.class)
                .hasMessageContaining("AR008").hasMessageContaining("a folder that exists");
        assertUntouched();
    }

    @Test
    void aFullDiskIsFoundBeforeAnythingIsWritten() throws IOException {
        ArtifactContent content = ArtifactRoundTripTest.content(
                ArtifactRoundTripTest.constants("c", new Breaking(Shape.of(1_000_000), 0)));
        assertThatThrownBy(() -> ArtifactWriter.write(file, content, Meter.silent(), folder -> OptionalLong.of(3_999_999)))
                .isInstanceOf(ArtifactException.class).hasMessageContaining("AR008 " + file)
                .hasMessageContaining("3999999 bytes free in " + folder).hasMessageContaining("4000000 bytes or more");
        assertUntouched();
    }

    @Test
    void theMeterIsToldEveryBlock() throws IOException {
        List<Long> seen = new ArrayList<>();
        ArtifactContent content = ArtifactRoundTripTest.content(
                ArtifactRoundTripTest.constants("c", new Breaking(Shape.of(1_000_000), 1_000_000)));
        ArtifactWriter.write(file, content, (done, total) -> {
            assertThat(total).isEqualTo(4_000_000);
            seen.add(done);
        });
        assertThat(seen).isSorted().hasSizeGreaterThan(3).endsWith(4_000_000L);
    }

    @Test
    void theCallersBuffersStayWhereTheyAre() throws IOException {
        ByteBuffer inner = Programs.utf8("xxhello").position(2);
        ArtifactWriter.write(file, ArtifactContent.of(Programs.small(), Map.of(), Map.of("f", inner)));
        assertThat(inner.position()).isEqualTo(2);
        try (Artifact artifact = Artifact.open(file)) {
            assertThat(artifact.file("f").orElseThrow()).isEqualTo(Programs.utf8("hello"));
        }
    }

    private static Graph renamed(String graph, TensorData data) {
        GraphBuilder b = new GraphBuilder(graph, Stage.INTEGER);
        b.constant("c", data);
        return b.build();
    }

    private void assertFault(Code code, Graph graph, String message) {
        assertFault(code, new Program(List.of(graph)), message);
    }

    private void assertFault(Code code, Program program, String message) {
        ArtifactException e = catchThrowableOfType(ArtifactException.class, () -> ArtifactWriter.write(file, Programs.content(program)));
        assertThat(e).hasMessageContaining(message).hasMessageStartingWith(code + " " + file);
        assertThat(e.code()).isEqualTo(code);
    }

    private void assertUntouched() throws IOException {
        assertThat(Programs.filesIn(folder)).containsExactly(file);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }
}
