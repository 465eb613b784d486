package org.autoneural.benchmarks.full;

import java.nio.charset.StandardCharsets;

/**
 * The deterministic numbers of a synthetic checkpoint (goldens/full/SPEC.md): counter-based splitmix64, seeded by the name of
 * what is filled. Integer arithmetic is of 64 bits, wrapping; real arithmetic is double, one rounding an operation.
 */
final class SyntheticNumbers {
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private SyntheticNumbers() {
    }

    /** FNV-1a of 64 bits over the UTF-8 bytes of {@code name}. */
    static long seed(String name) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xFF) * 0x100000001b3L;
        }
        return hash;
    }

    /** Output {@code index} (from 0) of splitmix64 with this seed. */
    static long mix(long seed, long index) {
        long z = seed + (index + 1) * STEP;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** Element {@code index}: {@code centre + halfWidth * u} with u in (-1, 1), one of 2^24 values. */
    static double value(long seed, long index, double centre, double halfWidth) {
        double u = ((mix(seed, index) >>> 40) + 0.5) * 0x1p-23 - 1.0;
        return centre + halfWidth * u;
    }

    /** The bits of {@code value} as bfloat16: rounded to nearest even to f32, then to bf16. Finite values only. */
    static int bfloat(double value) {
        int bits = Float.floatToRawIntBits((float) value);
        return bits + 0x7FFF + (bits >>> 16 & 1) >>> 16;
    }

    /**
     * The picture: bytes of [size, size, 3], row-major.
     *
     * @param size height and width in pixels
     */
    static byte[] image(int size) {
        byte[] image = new byte[size * size * 3];
        long seed = seed("image");
        for (int i = 0; i < image.length; i++) {
            int c = i % 3, x = i / 3 % size, y = i / 3 / size;
            int noise = (int) (mix(seed, i) >>> 60);
            image[i] = (byte) (Math.floorDiv(x * (c + 1) + y * (3 - c), 4) + (x * y >> 6 + c) + noise);
        }
        return image;
    }

    /** The prompt: id 1, then ids in 10..65535. */
    static int[] prompt(int length) {
        int[] ids = new int[length];
        long seed = seed("prompt");
        for (int i = 0; i < length; i++) {
            ids[i] = i == 0 ? 1 : 10 + (int) Long.remainderUnsigned(mix(seed, i), 65_526);
        }
        return ids;
    }
}
