package org.espalier.cli;

import java.time.Duration;

/**
 * How much of a server is put up with. A server of this version says something twice a second, whatever it does.
 *
 * @param silence in which nothing arrives
 * @param afterDeadline of the search, for waiting for its turn and for the answer
 * @param afterStop for the answer once the server has been asked to end the search
 * @param lineBytes of an event
 * @param bodyBytes of a whole answer
 * @param textCharacters of all completions together
 */
record ServerLimits(
        Duration silence,
        Duration afterDeadline,
        Duration afterStop,
        int lineBytes,
        long bodyBytes,
        int textCharacters) {
    static final ServerLimits USUAL = new ServerLimits(
            Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(5), 4 << 20, 256L << 20, 32 << 20);
}
