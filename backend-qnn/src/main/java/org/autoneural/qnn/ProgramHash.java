package org.autoneural.qnn;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.autoneural.ir.Program;
import org.autoneural.ir.text.IrPrinter;

/** Names an integer program by its text: ops, attributes, types and encodings; the constants have hashes of their own in the model file. */
final class ProgramHash {
    private ProgramHash() {
    }

    /** SHA-256 as 64 hex digits. */
    static String of(Program program) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            program.entryPoints().forEach(graph -> digest.update(IrPrinter.print(graph).getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
