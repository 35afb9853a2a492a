package org.espalier.catalog;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.espalier.model.Internal;

/** Where programs keep what is a user's, by the XDG base directory specification. */
@Internal
public final class UserFolder {
    private static final String OURS = "espalier";

    private UserFolder() {}

    /** The user's home folder. */
    public static Path home() {
        // $HOME first, as the scripts have it: Java asks the password file, which may say otherwise.
        return Path.of(Objects.requireNonNullElse(System.getenv("HOME"), System.getProperty("user.home", ".")));
    }

    /**
     * Espalier's own in the folder that a variable names. A relative one counts as not set, as the specification asks.
     *
     * @param variable such as {@code XDG_CACHE_HOME}
     * @param usual below the home folder, where the variable is not set
     */
    public static Path of(Map<String, String> environment, String variable, Path home, String usual) {
        String named = environment.getOrDefault(variable, "");
        boolean usable = !named.isEmpty() && Path.of(named).isAbsolute();
        return (usable ? Path.of(named) : home.resolve(usual)).resolve(OURS);
    }
}
