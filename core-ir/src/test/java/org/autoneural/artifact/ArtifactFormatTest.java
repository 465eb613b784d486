package org.autoneural.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.autoneural.Goldens;
import org.autoneural.artifact.schema.Directory;
import org.autoneural.artifact.schema.ElementType;
import org.autoneural.artifact.schema.EncodingOrigin;
import org.autoneural.artifact.schema.GraphStage;
import org.autoneural.artifact.schema.SegmentTable;
import org.autoneural.ir.DType;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Stage;
import org.autoneural.ir.text.IrPrinter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The schema, the classes generated from it, and the page that describes the file. */
class ArtifactFormatTest {
    private static final Path SCHEMA = Path.of("src/main/flatbuffers/artifact.fbs");
    private static final Path GENERATED = Path.of("src/main/java/org/autoneural/artifact/schema");
    private static final Path FORMAT_1 = Goldens.folder("artifact").resolve("format-1.npu");
    private static final Path PAGE = Path.of("../docs/artifact-format.md");

    @TempDir
    Path folder;

    /** Reads a file with nothing but the numbers of docs/artifact-format.md. */
    @Test
    void theFileIsWhatThePageSays() throws Exception {
        byte[] bytes = Programs.bytes(folder, Programs.content(Programs.small()));
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(Arrays.copyOf(bytes, 8)).containsExactly(0x89, 0x4E, 0x50, 0x55, 0x0D, 0x0A, 0x1A, 0x0A);
        assertThat(b.getInt(8)).isEqualTo(1);
        assertThat(b.getInt(12)).isEqualTo(128);
        assertThat(b.getLong(16)).isEqualTo(bytes.length);
        int directory = (int) b.getLong(24);
        assertThat(directory % 64).isZero();
        assertThat(b.getLong(32)).isEqualTo(bytes.length - directory);
        assertThat(Arrays.copyOfRange(bytes, 40, 72)).isEqualTo(sha256(Arrays.copyOfRange(bytes, directory, bytes.length)));
        assertThat(Arrays.copyOfRange(bytes, 72, 96)).containsOnly(0);
        assertThat(Arrays.copyOfRange(bytes, 96, 128)).isEqualTo(sha256(Arrays.copyOf(bytes, 96)));

        ByteBuffer flatBuffer = ByteBuffer.wrap(Arrays.copyOfRange(bytes, directory, bytes.length));
        SegmentTable bias = Directory.getRootAsDirectory(flatBuffer).segments(1);
        assertThat(bias.name()).isEqualTo("bias");
        assertThat(bias.offset()).isEqualTo(192);
        assertThat(bias.length()).isEqualTo(24);
        assertThat(b.getLong(192)).isEqualTo(Long.MIN_VALUE);
        byte[] hash = new byte[32];
        bias.sha256AsByteBuffer().get(hash);
        assertThat(hash).isEqualTo(sha256(Arrays.copyOfRange(bytes, 192, 216)));
    }

    /** A file of format 1 as it was once written stays readable; and every JVM writes these bytes. */
    @Test
    void filesOfFormat1() throws IOException {
        byte[] bytes = Programs.bytes(folder, Programs.content(Programs.small()));
        if (Boolean.getBoolean("autoneural.update.goldens")) {
            Files.write(FORMAT_1, bytes);
        }
        try (Artifact artifact = Artifact.open(FORMAT_1)) {
            artifact.verify();
            assertThat(IrPrinter.print(artifact.program().entryPoint("decode")))
                    .isEqualTo(IrPrinter.print(Programs.small().entryPoint("decode")));
        }
        assertThat(bytes).as("the bytes of %s: a change to the format needs a new version and keeps this file", FORMAT_1)
                .isEqualTo(Files.readAllBytes(FORMAT_1));
    }

    @Test
    void enumsOfTheSchemaHaveOurNames() {
        assertThat(ElementType.names).containsExactly(names(DType.values()));
        assertThat(EncodingOrigin.names).containsExactly(names(QuantParams.Origin.values()));
        assertThat(GraphStage.names).containsExactly(names(Stage.values()));
    }

    @Test
    void thePageShowsSchemaAndCodes() throws IOException {
        String schema = Files.readString(SCHEMA);
        String codes = Arrays.stream(ArtifactException.Code.values()).map(c -> "| " + c + " | " + c.summary() + " |\n")
                .collect(Collectors.joining("", "| code | fault |\n|---|---|\n", ""));
        String page = Files.readString(PAGE);
        page = replaceBlock(page, "schema", "```\n" + schema.substring(schema.indexOf("namespace ")) + "```\n");
        Goldens.check(PAGE, replaceBlock(page, "codes", codes));
    }

    private static String replaceBlock(String page, String name, String text) {
        Matcher m = Pattern.compile("(<!-- " + name + ":[^\n]*\n).*(<!-- end of " + name + " -->)", Pattern.DOTALL).matcher(page);
        assertThat(m.find()).as("block '%s' in %s", name, PAGE).isTrue();
        return m.replaceFirst(Matcher.quoteReplacement(m.group(1) + text + m.group(2)));
    }

    @Test
    void committedClassesAreWhatFlatcGenerates() throws Exception {
        assumeTrue(runFlatc("--version").contains("2.0.8"), "flatc 2.0.8 is not on the PATH: generated classes not compared");
        runFlatc("--java", "-o", folder.toString(), SCHEMA.toString());
        Map<String, String> generated = sources(folder.resolve("org/autoneural/artifact/schema"));
        assertThat(generated).isNotEmpty();
        assertThat(sources(GENERATED)).isEqualTo(generated);
    }

    /** Output of flatc; empty when there is none. */
    private static String runFlatc(String... arguments) throws InterruptedException {
        try {
            Process flatc = new ProcessBuilder(Stream.concat(Stream.of("flatc"), Stream.of(arguments)).toList())
                    .redirectErrorStream(true).start();
            String output = new String(flatc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(flatc.waitFor()).as(output).isZero();
            return output;
        } catch (IOException e) {
            return "";
        }
    }

    private static Map<String, String> sources(Path folder) throws IOException {
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                sources.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return sources;
    }

    private static String[] names(Enum<?>[] constants) {
        return Arrays.stream(constants).map(Enum::name).toArray(String[]::new);
    }

    private static byte[] sha256(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }
}
