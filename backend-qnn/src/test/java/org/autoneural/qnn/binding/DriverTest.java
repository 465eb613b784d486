package org.autoneural.qnn.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.autoneural.qnn.TestDouble;
import org.autoneural.qnn.binding.LibraryPaths.Library;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
class DriverTest {
    private static final DriverOptions HOST = new DriverOptions(39, 68, 8, true, Optional.empty(), 1);
    private static final GraphOptions GRAPH = new GraphOptions(8, 4, 3);

    @AfterEach
    void nothingIsLeft() {
        TestDouble.api(39);
        assertThat(TestDouble.live()).isZero();
        assertThat(Shim.aqnn_live_objects()).isZero();
    }

    /** The table of either size; the double's memory ends behind it. */
    @ParameterizedTest
    @ValueSource(ints = {14, 18, 27, 32, 39})
    void compilesLoadsAndRuns(int minor) {
        TestDouble.api(minor);
        ByteBuffer binary;
        try (QnnDriver driver = open(HOST)) {
            assertThat(driver.provider()).isEqualTo("AUTONEURAL_TEST_DOUBLE");
            assertThat(driver.core()).isEqualTo(new ApiVersion(2, minor, 0));
            assertThat(driver.backendApi()).isEqualTo(new ApiVersion(5, minor, 0));
            binary = driver.compile(SmallGraph.addAndTurn().context(), GRAPH);
        }
        try (QnnDriver driver = open(new DriverOptions(39, 68, 8, false, Optional.empty(), 1));
                LoadedContext context = driver.load(binary, TestDouble.paths(Library.SYSTEM));
                LoadedContext.Execution execution = context.newExecution(0);
                NativeMemory x = new NativeMemory(12);
                NativeMemory z = new NativeMemory(12)) {
            assertThat(context.info().soc()).isEqualTo(minor >= 27 ? 39 : 0);
            GraphInfo graph = context.info().graphs().get(0);
            assertThat(graph.name()).isEqualTo("main");
            assertThat(graph.inputs()).containsExactly(new GraphInfo.TensorInfo("x", 1046, List.of(2, 3), Optional.of(1f / 256), -32_768));
            assertThat(graph.outputs()).containsExactly(new GraphInfo.TensorInfo("z", 1046, List.of(3, 2), Optional.of(1f / 256), -32_768));
            execution.bindInput(0, x);
            execution.bindOutput(0, z);
            for (int i = 0; i < 6; i++) {
                x.buffer().putShort(2 * i, (short) (32_768 + 10 * i));
            }
            execution.run(Optional.empty());
            List<Integer> results = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                results.add((z.buffer().getShort(2 * i) & 0xFFFF) - 32_768);
            }
            assertThat(results).containsExactly(256, 286, 522, 552, -236, -206);
        }
    }

    @Test
    void severalGraphsOfAContextAreFoundWhateverTheirStride() {
        for (int minor : new int[] {18, 39}) {
            TestDouble.api(minor);
            try (QnnDriver driver = open(HOST)) {
                List<String> names = List.of("one", "two", "three", "four");
                ByteBuffer binary = driver.compile(new org.autoneural.qnn.graph.QnnContext("many",
                        names.stream().map(SmallGraph.addAndTurn()::build).toList()), GRAPH);
                assertThat(QnnDriver.info(binary, TestDouble.paths(Library.SYSTEM)).graphs()).extracting(GraphInfo::name).containsExactlyElementsOf(names);
            }
        }
    }

    @Test
    void anOldLibraryIsRefusedWithBothVersions() {
        TestDouble.api(13);
        assertThatThrownBy(() -> open(HOST)).isInstanceOf(QnnException.class).hasMessageContaining(TestDouble.library().toString())
                .hasMessageContaining("found: 2.13.0").hasMessageContaining("needed: 2.14").hasMessageContaining("QNN_SDK_ROOT");
    }

    @Test
    void anAbsentLibraryNamesEveryPathTried(@TempDir Path sdk) {
        LibraryPaths paths = LibraryPaths.of(Library.BACKEND, Optional.empty(), Optional.of(sdk), "amd64");
        assertThatThrownBy(() -> QnnDriver.open(paths, HOST)).isInstanceOf(QnnException.class)
                .hasMessageContaining(sdk.resolve("lib/x86_64-linux-clang/libQnnHtp.so").toString()).hasMessageContaining("; libQnnHtp.so (")
                .hasMessageContaining("QNN_SDK_ROOT").hasMessageContaining("-Dautoneural.qnn.backend=").hasMessageContaining("2.20");
        LibraryPaths explicit = LibraryPaths.of(Library.SYSTEM, Optional.of("/no/such.so"), Optional.of(sdk), "amd64");
        assertThat(explicit.candidates()).containsExactly("/no/such.so");
    }

    @Test
    void onAarch64EveryFolderOfTheSdkIsTried(@TempDir Path sdk) throws Exception {
        Files.createDirectories(sdk.resolve("lib/aarch64-oe-linux-gcc9.3"));
        Files.createDirectories(sdk.resolve("lib/aarch64-android"));
        Files.createDirectories(sdk.resolve("lib/x86_64-linux-clang"));
        assertThat(LibraryPaths.of(Library.SYSTEM, Optional.empty(), Optional.of(sdk), "aarch64").candidates()).containsExactly(
                sdk.resolve("lib/aarch64-android/libQnnSystem.so").toString(), sdk.resolve("lib/aarch64-oe-linux-gcc9.3/libQnnSystem.so").toString(),
                "libQnnSystem.so");
    }

    @Test
    void aLibraryOfAnotherKindIsRefused() {
        LibraryPaths libc = LibraryPaths.of(Library.BACKEND, Optional.of("libm.so.6"), Optional.empty(), "amd64");
        assertThatThrownBy(() -> QnnDriver.open(libc, HOST)).hasMessageContaining("libm.so.6").hasMessageContaining("QnnInterface_getProviders");
    }

    @Test
    void aDamagedBinaryIsRefused() {
        ByteBuffer binary;
        try (QnnDriver driver = open(HOST)) {
            binary = driver.compile(SmallGraph.addAndTurn().context(), GRAPH);
            binary.put(100, (byte) (binary.get(100) ^ 1));
            assertThatThrownBy(() -> driver.load(binary, TestDouble.paths(Library.SYSTEM))).isInstanceOfSatisfying(QnnException.class,
                    e -> assertThat(e.call()).isEqualTo("systemContextGetBinaryInfo"));
        }
    }

    @Test
    void callsAreRecorded(@TempDir Path folder) {
        DriverOptions options = new DriverOptions(39, 68, 8, true, Optional.of(folder), 1);
        QnnDriver.open(TestDouble.paths(Library.SAVER), options).close();
        assertThat(folder.resolve("saver_output.c")).isNotEmptyFile();
    }

    private static QnnDriver open(DriverOptions options) {
        return QnnDriver.open(TestDouble.paths(Library.BACKEND), options);
    }
}
