package org.autoneural.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTest {
    @TempDir
    Path folder;

    private Fingerprint fingerprint(String recipe) throws Exception {
        return new Fingerprint().with("recipe", recipe).withFolder("checkpoint", folder.resolve("in"));
    }

    @Test
    void saysWhatChanged() throws Exception {
        Path in = Files.createDirectories(folder.resolve("in/deep"));
        Files.writeString(in.resolve("a"), "1");
        Files.writeString(in.resolve("b"), "2");
        Path record = folder.resolve("out/record");
        assertThat(fingerprint("x").changesSince(record)).containsExactly("nothing was recorded yet");
        fingerprint("x").write(record);
        assertThat(fingerprint("x").changesSince(record)).isEmpty();
        // The same content written anew is no change.
        Files.writeString(in.resolve("a"), "1");
        assertThat(fingerprint("x").changesSince(record)).isEmpty();
        Files.writeString(in.resolve("a"), "one");
        Files.delete(in.resolve("b"));
        Files.writeString(in.resolve("c = d"), "");
        assertThat(fingerprint("y").changesSince(record)).containsExactly("checkpoint deep/a changed", "checkpoint deep/c = d is new",
                "setting recipe changed", "checkpoint deep/b is gone");
    }
}
