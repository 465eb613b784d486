package org.autoneural.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.autoneural.checkpoint.RawSafetensors.bytes;
import static org.autoneural.checkpoint.RawSafetensors.entry;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule of the format, broken. */
class HostileSafetensorsTest {
    private static final String A = entry("a", "U8", "[2,3]", 0, 6);

    @TempDir
    Path folder;

    static Stream<Arguments> broken() {
        return Stream.of(
                file("no bytes at all", new byte[0], "the file has 0 bytes", "at least 8"),
                file("shorter than the length", new byte[7], "the file has 7 bytes"),
                file("header of no bytes", bytes(0, new byte[0], 4), "a header of 0 bytes; allowed are 1 to 100000000"),
                file("header above the limit", bytes(100_000_001, new byte[2], 0), "a header of 100000001 bytes"),
                file("header length with the top bit set", bytes(-1, new byte[2], 0), "a header of 18446744073709551615 bytes"),
                file("header longer than the file", bytes(17, "{}".getBytes(StandardCharsets.UTF_8), 0),
                        "should have 17 bytes, but only 2 follow"),
                file("not UTF-8", bytes(8, new byte[] {'{', '"', (byte) 0xC3, '(', '"', ':', '1', '}'}, 0), "not valid UTF-8"),
                file("overlong UTF-8", bytes(8, new byte[] {'{', '"', (byte) 0xC0, (byte) 0xAF, '"', ':', '1', '}'}, 0),
                        "not valid UTF-8"),
                json("an array", "[]", 0, "begins with byte 0x5b; it must begin with '{'"),
                json("begins with a space", " {}", 0, "begins with byte 0x20"),
                json("a byte order mark", "\uFEFF{}", 0, "begins with byte 0xef"),
                json("cut off", "{\"a\":{\"dtype\":\"U8\"", 0, "not valid JSON"),
                json("no JSON", "{a:1}", 0, "not valid JSON, at character 1"),
                json("more after the object", "{} {}", 0, "has more after its JSON value"),
                json("zero bytes after the object", "{}\0\0", 0, "not valid JSON"),
                json("tensor twice", "{" + A + "," + A + "}", 6, "\"a\" occurs twice"),
                json("dtype twice", "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[6],\"data_offsets\":[0,6]}}", 6,
                        "tensor \"a\": dtype occurs twice"),
                json("shape twice", "{\"a\":{\"dtype\":\"U8\",\"shape\":[6],\"shape\":[6],\"data_offsets\":[0,6]}}", 6, "shape occurs twice"),
                json("offsets twice", "{\"a\":{\"dtype\":\"U8\",\"shape\":[6],\"data_offsets\":[0,6],\"data_offsets\":[0,6]}}", 6,
                        "data_offsets occurs twice"),
                json("metadata twice", "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "\"__metadata__\" occurs twice"),
                json("metadata key twice", "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0, "__metadata__.\"k\" occurs twice"),
                json("metadata of a number", "{\"__metadata__\":{\"k\":1}}", 0, "__metadata__.\"k\" is \"1\"; expected a string"),
                json("metadata nested", "{\"__metadata__\":{\"k\":{}}}", 0, "__metadata__.\"k\" is an object; expected a string"),
                json("metadata no object", "{\"__metadata__\":[]}", 0, "__metadata__ is an array; expected an object of strings"),
                json("no dtype", "{\"a\":{\"shape\":[6],\"data_offsets\":[0,6]}}", 6, "tensor \"a\" has no dtype"),
                json("no shape", "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,6]}}", 6, "tensor \"a\" has no shape"),
                json("no offsets", "{\"a\":{\"dtype\":\"U8\",\"shape\":[6]}}", 6, "tensor \"a\" has no data_offsets"),
                json("unknown dtype", "{" + entry("a", "F7", "[6]", 0, 6) + "}", 6, "tensor \"a\": dtype \"F7\" is unknown; known are", "BF16"),
                json("dtype in small letters", "{" + entry("a", "u8", "[6]", 0, 6) + "}", 6, "dtype \"u8\" is unknown"),
                json("dtype a number", "{\"a\":{\"dtype\":8}}", 0, "dtype is \"8\"; expected a string"),
                json("tensor a number", "{\"a\":1}", 0, "tensor \"a\" is \"1\"; expected an object"),
                json("tensor null", "{\"a\":null}", 0, "tensor \"a\" is \"null\"; expected an object"),
                json("shape a number", "{" + entry("a", "U8", "6", 0, 6) + "}", 6, ": shape is \"6\"; expected an array"),
                json("shape of strings", "{" + entry("a", "U8", "[\"6\"]", 0, 6) + "}", 6, ": shape[0] is \"6\"; expected an integer"),
                json("shape with a fraction", "{" + entry("a", "U8", "[6.0]", 0, 6) + "}", 6, ": shape[0] is \"6.0\"; expected an integer"),
                json("shape nested", "{" + entry("a", "U8", "[[6]]", 0, 6) + "}", 6, ": shape[0] is an array; expected an integer"),
                json("negative extent", "{" + entry("a", "U8", "[-2,-3]", 0, 6) + "}", 6, ": shape[0] is \"-2\"; allowed are 0 to 2147483647"),
                json("extent above 31 bits", "{" + entry("a", "U8", "[0,2147483648]", 0, 0) + "}", 0, ": shape[1] is \"2147483648\""),
                json("extent above 64 bits", "{" + entry("a", "U8", "[18446744073709551617]", 0, 1) + "}", 1, "is \"18446744073709551617\""),
                json("extent of 2000 digits", "{" + entry("a", "U8", "[" + "9".repeat(2000) + "]", 0, 1) + "}", 1, "not valid JSON"),
                json("product that overflows", "{" + entry("a", "U8", "[2147483647,2147483647,2147483647]", 0, 6) + "}", 6,
                        "tensor \"a\": a tensor of shape [2147483647, 2147483647, 2147483647]", "2^63 bits"),
                // 2^32 * 2^32 = 2^64: would be 0 in wrapping arithmetic, which fits the empty range
                json("product that wraps to 0", "{" + entry("a", "U8", "[65536,65536,65536,65536]", 0, 0) + "}", 0, "2^63 bits"),
                json("bits that overflow", "{" + entry("a", "F64", "[536870912,536870912]", 0, 0) + "}", 0, "2^63 bits"),
                json("rank 17", "{" + entry("a", "U8", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", 0, 1) + "}", 1, ": shape has more than 16 values"),
                json("one offset", "{\"a\":{\"dtype\":\"U8\",\"shape\":[6],\"data_offsets\":[6]}}", 6, "data_offsets are [6]; needed are two"),
                json("three offsets", "{\"a\":{\"dtype\":\"U8\",\"shape\":[6],\"data_offsets\":[0,6,6]}}", 6, ": data_offsets has more than 2"),
                json("negative offset", "{" + entry("a", "U8", "[6]", -6, 0) + "}", 6, ": data_offsets[0] is \"-6\""),
                json("begin after end", "{" + entry("a", "U8", "[6]", 6, 0) + "}", 6, "data_offsets [6, 0] end before they begin"),
                json("end after the file", "{" + entry("a", "U8", "[7]", 0, 7) + "}", 6, "data_offsets [0, 7] end after the file, which has 6"),
                json("end at the largest long", "{" + entry("a", "U8", "[7]", 0, Long.MAX_VALUE) + "}", 6, "end after the file"),
                json("overlap", "{" + A + "," + entry("b", "U8", "[4]", 4, 8) + "}", 8,
                        "tensor \"b\" begins at byte 4 of the data, but tensor \"a\" ends at byte 6"),
                json("the same range twice", "{" + A + "," + entry("b", "U8", "[6]", 0, 6) + "}", 6, "tensor \"b\" begins at byte 0"),
                json("hole", "{" + A + "," + entry("b", "U8", "[4]", 7, 11) + "}", 11, "tensor \"b\" begins at byte 7"),
                json("hole at the start", "{" + entry("a", "U8", "[6]", 1, 7) + "}", 7, "but the start of the data ends at byte 0"),
                json("bytes after the last tensor", "{" + A + "}", 7, "1 bytes follow the last tensor"),
                json("data without a tensor", "{}", 1, "1 bytes follow the last tensor"),
                json("too few bytes for the shape", "{" + entry("a", "F32", "[2]", 0, 6) + "}", 6, "takes 8 bytes, but data_offsets [0, 6] span 6"),
                json("bytes for an empty tensor", "{" + entry("a", "F32", "[0]", 0, 4) + "}", 4, "takes 0 bytes"),
                json("bytes cut in half", "{" + entry("a", "F4", "[3]", 0, 2) + "}", 2, "takes 12 bits, not whole bytes"),
                json("deep nesting", "{\"a\":{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}}", 0, "not valid JSON"),
                json("deep nesting in the shape", "{\"a\":{\"shape\":" + "[".repeat(100_000) + "}}", 0, "expected an integer"),
                json("a name of a megabyte", "{\"" + "n".repeat(1 << 20) + "\":{}}", 0, "not valid JSON"),
                json("control characters in a name", "{\"a\\u001b[31m\\u202e\":1}", 0, "tensor \"a\\u001b[31m\\u202e\" is"));
    }

    private static Arguments file(String what, byte[] content, String... message) {
        return Arguments.of(what, content, message);
    }

    private static Arguments json(String what, String header, int dataBytes, String... message) {
        return Arguments.of(what, bytes(header, dataBytes), message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void isRefused(String what, byte[] content, String[] message) throws IOException {
        Path file = RawSafetensors.write(folder.resolve("model.safetensors"), content);
        assertThatThrownBy(() -> Safetensors.open(file)).isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(file + ": ").hasMessageContainingAll(message)
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(600 + file.toString().length()));
    }

    /** What the format allows, although it looks odd: the rules above do not refuse too much. */
    @Test
    void oddButValidFilesAreRead() throws IOException {
        String header = "{" + entry("z", "F4", "[2]", 6, 7) + "," + A + "," + entry("e", "F32", "[3,0]", 6, 6) + ","
                + entry("s", "U8", "[]", 7, 8) + "," + entry("", "I16", "[1,1,1,1,1,1]", 8, 10) + ","
                + "\"__metadata__\":{\"k\":\"\"},"
                + "\"x\":{\"data_offsets\":[10,10],\"later\":{\"field\":[1,null]},\"shape\":[0,2147483647],\"dtype\":\"C64\"}}   ";
        try (Safetensors weights = Safetensors.open(RawSafetensors.write(folder.resolve("f"), bytes(header, 10)))) {
            assertThat(weights.tensors()).containsExactly("", "a", "e", "s", "x", "z");
        }
        try (Safetensors none = Safetensors.open(RawSafetensors.write(folder.resolve("none"), bytes("{}", 0)))) {
            assertThat(none.tensors()).isEmpty();
        }
    }

    @Test
    void noFileAtAll() throws IOException {
        assertThatThrownBy(() -> Safetensors.open(folder.resolve("none"))).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("there is no such file");
        assertThatThrownBy(() -> Safetensors.open(folder)).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("not a regular file");
    }

    /** Random damage: a file is either read to the end or refused, with no other exception and little memory. */
    @Test
    void damagedFilesAreRefusedOrRead() throws IOException {
        byte[] valid = bytes("{\"__metadata__\":{\"format\":\"pt\"}," + A + "," + entry("b", "BF16", "[1,2]", 6, 10) + ","
                + entry("c", "F6_E3M2", "[4]", 10, 13) + "," + entry("d", "U64", "[1]", 13, 21) + "}", 21);
        int refused = 0;
        int rounds = 3000;
        for (long seed = 0; seed < rounds; seed++) {
            Random random = new Random(seed);
            byte[] damaged = valid.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                int at = random.nextInt(3) == 0 ? random.nextInt(16) : random.nextInt(damaged.length);
                damaged[at] = random.nextBoolean() ? (byte) random.nextInt(256) : (byte) (damaged[at] ^ 1 << random.nextInt(8));
            }
            if (random.nextInt(8) == 0) {
                damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length + 8));
            }
            Path file = RawSafetensors.write(folder.resolve("damaged"), damaged);
            long before = allocatedBytes();
            try {
                readAll(file);
            } catch (CheckpointException e) {
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("repeat with seed " + seed, e);
            }
            assertThat(allocatedBytes() - before).as("bytes allocated with seed %d", seed).isLessThan(4 << 20);
            Files.delete(file);
        }
        assertThat(refused).isBetween(rounds / 2, rounds - 1);
    }

    private static void readAll(Path file) {
        try (Safetensors weights = Safetensors.open(file)) {
            for (String name : weights.tensors()) {
                CheckpointTensor tensor = weights.tensor(name);
                WeightCheck.requireFinite(tensor);
                tensor.toFloats();
            }
        }
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
