package org.autoneural;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Textual goldens in {@code src/test/resources}. {@code -Dautoneural.update.goldens=true} rewrites them instead of comparing:
 * look at the difference before committing it.
 */
public final class Goldens {
    private Goldens() {}

    /** Folder {@code name} of the module's test resources. */
    public static Path folder(String name) {
        return Path.of("src", "test", "resources", name);
    }

    /** Compares {@code actual} with the golden file, or rewrites the file. */
    public static void check(Path golden, String actual) {
        try {
            if (Boolean.getBoolean("autoneural.update.goldens")) {
                Files.createDirectories(golden.getParent());
                Files.writeString(golden, actual);
            }
            assertThat(actual).as("golden %s (-Dautoneural.update.goldens=true rewrites it)", golden)
                    .isEqualTo(Files.readString(golden));
        } catch (IOException e) {
            throw new IllegalStateException("golden " + golden + " cannot be read: " + e, e);
        }
    }
}
