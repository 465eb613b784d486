package org.autoneural.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * The user's cache folder: property {@code autoneural.cache}, else {@code XDG_CACHE_HOME/autoneural}, else
 * {@code LOCALAPPDATA\autoneural}, else {@code ~/.cache/autoneural}. The built-in model's files go there too.
 */
final class UserCache {
    private UserCache() {}

    static Path folder(Properties properties, Map<String, String> environment) {
        String set = properties.getProperty("autoneural.cache", "");
        if (!set.isBlank()) {
            return Path.of(set);
        }
        for (String variable : List.of("XDG_CACHE_HOME", "LOCALAPPDATA")) {
            String base = environment.getOrDefault(variable, "");
            if (!base.isBlank()) {
                return Path.of(base, "autoneural");
            }
        }
        return Path.of(properties.getProperty("user.home", "."), ".cache", "autoneural");
    }
}
