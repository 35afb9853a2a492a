package org.espalier.cli;

import java.nio.file.Path;
import java.util.Map;
import org.espalier.catalog.UserFolder;

/** Where Espalier keeps what it should remember of a user's work. */
final class StateFolder {
    private StateFolder() {}

    /** The user's own. */
    static Path own() {
        return of(System.getenv(), UserFolder.home());
    }

    /**
     * {@code $XDG_STATE_HOME/espalier}, or {@code ~/.local/state/espalier} if the variable is not set. A relative one counts
     * as not set, as its specification asks.
     */
    static Path of(Map<String, String> environment, Path home) {
        return UserFolder.of(environment, "XDG_STATE_HOME", home, ".local/state");
    }
}
