package org.autoneural.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class UserCacheTest {
    @Test
    void propertyThenSystemThenHome() {
        Properties properties = new Properties();
        properties.setProperty("user.home", "/home/u");
        assertThat(UserCache.folder(properties, Map.of())).isEqualTo(Path.of("/home/u", ".cache", "autoneural"));
        Map<String, String> both = Map.of("XDG_CACHE_HOME", "/xdg", "LOCALAPPDATA", "/local");
        assertThat(UserCache.folder(properties, Map.of("LOCALAPPDATA", "/local", "XDG_CACHE_HOME", " ")))
                .isEqualTo(Path.of("/local", "autoneural"));
        assertThat(UserCache.folder(properties, both)).isEqualTo(Path.of("/xdg", "autoneural"));
        properties.setProperty("autoneural.cache", "/chosen");
        assertThat(UserCache.folder(properties, both)).isEqualTo(Path.of("/chosen"));
    }
}
