package org.espalier.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.espalier.model.AnswerReader;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options that say which servers solve, if some do. */
@Advanced
final class FleetOptions {
    private static final int MOST_EACH = 1024;
    private static final int PATIENCE_SECONDS = 120;

    @Option(
            names = "--servers",
            paramLabel = "URL",
            split = ",",
            description = {
                "Has the problems solved by these 'espalier serve's, all with the same models, each as fast as it can; one that"
                        + " ends gives its problems back."
            })
    private List<String> urls = List.of();

    @Option(
            names = "--per-server",
            paramLabel = "K",
            defaultValue = "4",
            description = "Problems that a server has at a time (default: ${DEFAULT-VALUE}).")
    private int each;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            description = "The key that they ask for (default: " + RemoteOptions.KEY_VARIABLE + ").")
    private @Nullable String apiKey;

    /** Whether servers are named. */
    boolean isGiven() {
        return !urls.isEmpty();
    }

    /**
     * The servers that are named.
     *
     * @param alone whether a problem is to have a server to itself
     * @throws UsageException if an address is wrong or there twice, or an option is given that servers cannot be told
     */
    ServerFleet fleet(@Nullable CommandSpec spec, @Nullable String system, boolean alone, AnswerReader reader) {
        RemoteOptions.requireNothingLocal(
                Objects.requireNonNull(spec).commandLine().getParseResult(), "--servers");
        if (each < 1 || each > MOST_EACH) {
            throw new UsageException("--per-server must be 1 to %d, not %d".formatted(MOST_EACH, each));
        }
        String key = RemoteOptions.key(apiKey);
        List<FleetServer> servers = new ArrayList<>();
        for (String url : urls) {
            FleetServer server = new FleetServer(new ServerClient(url, key), reader, system);
            if (servers.stream().anyMatch(other -> other.url().equals(server.url()))) {
                throw new UsageException("--servers has %s twice".formatted(server.url()));
            }
            servers.add(server);
        }
        return new ServerFleet(servers, alone ? 1 : each, PATIENCE_SECONDS);
    }
}
