package org.autoneural.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.autoneural.ir.TensorData;

/** SHA-256 of every tensor that a sequence of runs computes. */
final class TensorTrace {
    private final Map<String, Map<String, String>> steps = new LinkedHashMap<>();
    private String step = "";

    /** What is computed from now on belongs to {@code name}. */
    void begin(String name) {
        step = name;
        steps.put(name, new LinkedHashMap<>());
    }

    void computed(String value, TensorData tensor) {
        steps.get(step).put(value, sha256(tensor));
    }

    /** Step, value, digest; in the order of computation. */
    Map<String, Map<String, String>> steps() {
        return Collections.unmodifiableMap(steps);
    }

    /** One digest over names and digests of all tensors of a step, whatever their order. */
    String digest(String name) {
        MessageDigest digest = start();
        new TreeMap<>(steps.get(name)).forEach((value, hash) -> digest.update((value + " " + hash + "\n").getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Of type, shape and elements, each element in 8 bytes. */
    static String sha256(TensorData tensor) {
        MessageDigest digest = start();
        digest.update((tensor.dtype().text() + tensor.shape()).getBytes(StandardCharsets.UTF_8));
        int n = Math.toIntExact(tensor.elements());
        ByteBuffer bytes = ByteBuffer.allocate(8 * n).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < n; i++) {
            bytes.putLong(8 * i, tensor.getLong(i));
        }
        digest.update(bytes);
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest start() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
