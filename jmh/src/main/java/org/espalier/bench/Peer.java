package org.espalier.bench;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.espalier.model.UsageException;

/** Who searches. */
enum Peer {
    ENGINE("engine"),
    JAVALLAMA("javallama"),
    LLAMA_SERVER("llama-server"),
    NODE_LLAMA("node-llama-cpp");

    private final String cliName;

    Peer(String cliName) {
        this.cliName = cliName;
    }

    String cliName() {
        return cliName;
    }

    static Peer parse(String name) {
        return Arrays.stream(values())
                .filter(peer -> peer.cliName.equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException("--peer " + name + " is unknown: choose one of "
                        + Arrays.stream(values()).map(Peer::cliName).collect(Collectors.joining(", "))));
    }
}
