package org.autoneural.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damages bytes the way files are damaged, and the way an attacker would: everything follows from the seed. */
final class Mutator {
    private static final List<byte[]> TOKENS = List.of("{", "}", "[", "]", "\"", ":", ",", "-1", "0", "1e999", "2147483648", "9223372036854775808",
            "null", "true", "NaN", "\\u0000", "\\", "\u0000", "..", "/", "%", "<|im_end|>", "{{", "}}", "{%", "%}", "s4", "[0]", "[-1]")
            .stream().map(t -> t.getBytes(StandardCharsets.UTF_8)).toList();
    private static final int[] NUMBERS = {0, 1, -1, 127, 128, 255, 256, 32767, 65535, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 29};

    private final Random random;

    Mutator(long seed) {
        random = new Random(seed);
    }

    /** One to four damages. */
    byte[] damaged(byte[] good) {
        byte[] bytes = good.clone();
        for (int n = random.nextInt(4); n >= 0; n--) {
            bytes = bytes.length == 0 ? TOKENS.get(random.nextInt(TOKENS.size())).clone() : once(bytes);
        }
        return bytes;
    }

    private byte[] once(byte[] b) {
        int at = random.nextInt(b.length);
        int length = 1 + random.nextInt(Math.min(64, b.length - at));
        return switch (random.nextInt(7)) {
            case 0 -> changed(b, at, (byte) (b[at] ^ 1 << random.nextInt(8)));
            case 1 -> changed(b, at, (byte) random.nextInt());
            case 2 -> spliced(b, at, at, TOKENS.get(random.nextInt(TOKENS.size())));
            case 3 -> spliced(b, at, at + length, new byte[0]);
            case 4 -> spliced(b, at, b.length, new byte[0]);
            case 5 -> spliced(b, at, at, Arrays.copyOfRange(b, at, at + length));
            default -> number(b, at);
        };
    }

    private static byte[] changed(byte[] b, int at, byte value) {
        b[at] = value;
        return b;
    }

    /** A number of two to eight bytes, little-endian. */
    private byte[] number(byte[] b, int at) {
        int value = NUMBERS[random.nextInt(NUMBERS.length)];
        int width = 2 << random.nextInt(3);
        for (int i = 0; i < width && at + i < b.length; i++) {
            b[at + i] = (byte) (i < 4 ? value >> 8 * i : value >> 31);
        }
        return b;
    }

    private static byte[] spliced(byte[] b, int from, int to, byte[] put) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(b.length + put.length);
        out.write(b, 0, from);
        out.writeBytes(put);
        out.write(b, to, b.length - to);
        return out.toByteArray();
    }
}
