package org.espalier.catalog;

import java.nio.file.Path;
import java.util.Map;

/** Where Espalier keeps what it fetches. */
final class CacheFolder {
    private CacheFolder() {}

    /** The user's own. */
    static Path own() {
        return of(System.getenv(), UserFolder.home());
    }

    /**
     * {@code $ESPALIER_CACHE}, or {@code $XDG_CACHE_HOME/espalier}, or {@code ~/.cache/espalier}: the first whose variable
     * is set and not empty. A relative {@code XDG_CACHE_HOME} counts as not set, as its specification asks.
     */
    static Path of(Map<String, String> environment, Path home) {
        String own = environment.getOrDefault("ESPALIER_CACHE", "");
        return own.isEmpty() ? UserFolder.of(environment, "XDG_CACHE_HOME", home, ".cache") : Path.of(own);
    }
}
