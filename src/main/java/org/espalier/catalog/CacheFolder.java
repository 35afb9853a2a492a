package org.espalier.catalog;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Where Espalier keeps what it fetches. */
final class CacheFolder {
    private CacheFolder() {}

    /** The user's own. */
    static Path own() {
        return of(System.getenv(), home());
    }

    /** The user's home folder. */
    static Path home() {
        // $HOME first, as the scripts have it: Java asks the password file, which may say otherwise.
        return Path.of(Objects.requireNonNullElse(System.getenv("HOME"), System.getProperty("user.home", ".")));
    }

    /**
     * {@code $ESPALIER_CACHE}, or {@code $XDG_CACHE_HOME/espalier}, or {@code ~/.cache/espalier}: the first whose variable
     * is set and not empty. A relative {@code XDG_CACHE_HOME} counts as not set, as its specification asks.
     */
    static Path of(Map<String, String> environment, Path home) {
        String own = environment.getOrDefault("ESPALIER_CACHE", "");
        if (!own.isEmpty()) {
            return Path.of(own);
        }
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        boolean usable = !xdg.isEmpty() && Path.of(xdg).isAbsolute();
        Path cache = usable ? Path.of(xdg) : home.resolve(".cache");
        return cache.resolve("espalier");
    }
}
