package org.espalier.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Where Espalier keeps what it should remember of a user's work. */
final class StateFolder {
    private StateFolder() {}

    /** The user's own. */
    static Path own() {
        // $HOME first: Java asks the password file, which may say otherwise.
        String home = Objects.requireNonNullElse(System.getenv("HOME"), System.getProperty("user.home", "."));
        return of(System.getenv(), Path.of(home));
    }

    /**
     * {@code $XDG_STATE_HOME/espalier}, or {@code ~/.local/state/espalier} if the variable is not set. A relative one counts
     * as not set, as its specification asks.
     */
    static Path of(Map<String, String> environment, Path home) {
        String xdg = environment.getOrDefault("XDG_STATE_HOME", "");
        boolean usable = !xdg.isEmpty() && Path.of(xdg).isAbsolute();
        return (usable ? Path.of(xdg) : home.resolve(".local/state")).resolve("espalier");
    }
}
