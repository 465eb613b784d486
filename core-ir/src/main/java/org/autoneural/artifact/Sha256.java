package org.autoneural.artifact;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 as 64 lower-case hex digits. */
final class Sha256 {
    static final int SIZE_BYTES = 32;

    private Sha256() {}

    static MessageDigest start() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static String finish(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Hash of the bytes between position and limit, which do not move. */
    static String of(ByteBuffer bytes) {
        MessageDigest digest = start();
        digest.update(bytes.duplicate());
        return finish(digest);
    }
}
