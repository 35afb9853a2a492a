package org.espalier.cli;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.espalier.domain.Domain;
import org.espalier.model.Closer;
import org.espalier.model.UsageException;
import org.espalier.runtime.Task;
import org.espalier.runtime.Workload;
import org.espalier.search.EarlyStopping;
import org.espalier.search.SearchConfig;
import org.espalier.server.EspalierServer;
import org.espalier.server.ServerSettings;
import org.espalier.verify.ExternalVerifier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code espalier serve}. */
@Command(
        name = "serve",
        description = {
            "Serves a page for the browser and OpenAI's API, to all from one engine.",
            "",
            "The model is called default, or with a search: default@greedy, default@dvts-16. docs/server.md has the"
                    + " endpoints and what a request can set."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  espalier serve",
            "  espalier solve --server http://127.0.0.1:8080 \"What is 12 * 7 - 5?\"",
            "  ESPALIER_API_KEY=secret espalier serve --host 0.0.0.0 --deadline 60s",
        })
final class ServeCommand implements Callable<Integer> {
    private static final String KEY_VARIABLE = RemoteOptions.KEY_VARIABLE;
    private static final int MOST_IN_FLIGHT = 256;
    private static final int MOST_QUEUED = 512;
    private static final Pattern ORIGIN =
            Pattern.compile("[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\\[[0-9a-f:.]+])(?::\\d{1,5})?");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+");

    @Spec
    private @Nullable CommandSpec spec;

    @ArgGroup(validate = false, heading = "%nServer:%n")
    private ServerOptions server = new ServerOptions();

    @ArgGroup(validate = false, heading = "%nSearch, unless a request asks for another:%n")
    private SearchOptions search = new SearchOptions();

    @ArgGroup(validate = false, heading = "%nTree, unless a request asks for another:%n")
    private TreeOptions tree = new TreeOptions();

    @ArgGroup(validate = false, heading = "%nSampling, unless a request asks for another (--max-tokens: at most):%n")
    private SamplingOptions sampling = new SamplingOptions();

    @ArgGroup(validate = false, heading = "%nBudget of a request at most:%n")
    private BudgetOptions budget = new BudgetOptions();

    @Mixin
    private VerifierOptions verifiers = new VerifierOptions();

    @ArgGroup(validate = false, heading = "%nModels:%n")
    private ModelOptions models = new ModelOptions();

    /** Options that say who may ask, and how much at a time. */
    private static final class ServerOptions {
        @Option(
                names = "--host",
                paramLabel = "ADDRESS",
                defaultValue = "127.0.0.1",
                description = "Where to listen; 0.0.0.0 for all networks (default: ${DEFAULT-VALUE}, this machine"
                        + " alone).")
        private String host = "127.0.0.1";

        @Option(
                names = "--port",
                defaultValue = "8080",
                description = "The port; 0 for any free one (default: ${DEFAULT-VALUE}).")
        private int port;

        @Option(names = "--open", description = "Open the page in the browser.")
        private boolean open;

        @Option(
                names = "--api-key",
                paramLabel = "KEY",
                description = "The key that clients must send; or " + KEY_VARIABLE + ".")
        private @Nullable String apiKey;

        @Advanced
        @Option(
                names = "--allow-host",
                paramLabel = "NAME",
                description =
                        "A name by which clients may call a server without a key, beside localhost, the machine's own"
                                + " and that of --host; may be given more than once. Without this a web page could have a"
                                + " visitor's browser use the server.")
        private List<String> allowHost = List.of();

        @Advanced
        @Option(
                names = "--in-flight",
                paramLabel = "SEARCHES",
                defaultValue = "4",
                description =
                        "Searches with the default -n at the same time; more if they are smaller, fewer if larger:"
                                + " their completions are one batch (default: ${DEFAULT-VALUE}).")
        private int inFlight;

        @Advanced
        @Option(
                names = "--queue",
                paramLabel = "REQUESTS",
                defaultValue = "32",
                description = "Requests that wait; more are told to come back later (default: ${DEFAULT-VALUE}).")
        private int queue;

        @Advanced
        @Option(
                names = "--max-n",
                paramLabel = "N",
                defaultValue = "64",
                description = "Most completions of one search (default: ${DEFAULT-VALUE}).")
        private int maxN;

        @Advanced
        @Option(
                names = "--cors-origin",
                paramLabel = "ORIGIN",
                description =
                        "Pages of this origin, such as http://localhost:3000, may use the server from a browser; *"
                                + " for all, with an API key; may be given more than once.")
        private List<String> corsOrigin = List.of();

        @Advanced
        @Option(
                names = "--strict",
                description = "Refuse requests with fields that are not known, instead of passing over them.")
        private boolean strict;

        @Advanced
        @Option(
                names = "--no-progress",
                description = "Streams do not tell people how the search goes (as reasoning_content), unless a request"
                        + " asks for it.")
        private boolean noProgress;

        @Option(
                names = "--models",
                paramLabel = "MODEL",
                split = ",",
                description =
                        "Other models that requests may name beside --policy: names from 'espalier models list' that are"
                                + " on this disk, or GGUF files. Each is loaded when a request names it, within --memory;"
                                + " the one that was used longest ago makes room.")
        private List<String> models = List.of();

        @Option(
                names = "--history",
                paramLabel = "FOLDER",
                description = "Where the page's past runs are kept, for this user alone (default:"
                        + " espalier/history in $$XDG_STATE_HOME, else in ~/.local/state).")
        @Advanced
        private @Nullable Path history;

        @Option(
                names = "--fixed-models",
                description = "Keep the models that are given here: the page may not load others in their place.")
        @Advanced
        private boolean fixedModels;

        @Option(names = "--no-history", description = "Keep no past runs.")
        private boolean noHistory;

        /** Null if none is to be kept. */
        private @Nullable Path history() {
            if (noHistory && history != null) {
                throw new UsageException("--history and --no-history exclude each other: leave one of them out");
            }
            return noHistory
                    ? null
                    : history != null ? history : StateFolder.own().resolve("history");
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        ServerSettings asked = settings();
        Path history = server.history();
        Workload work = Workload.serving(
                Math.max(asked.branches(), asked.maxN()), asked.config().maxTokens());
        try (FetchProgress fetches = new FetchProgress();
                ExternalVerifier verifier = verifiers.openVerifier();
                EspalierServer listening = EspalierServer.bind(server.host, server.port);
                Closer loaded = new Closer()) {
            Task task = Task.of(Domain.MATH, verifier);
            CountDownLatch interrupted = new CountDownLatch(1);
            if (server.models.isEmpty()) {
                ModelSwitch switching = new ModelSwitch(models.runtime(), work, fetches, asked, tree.plan(), task);
                loaded.add(switching);
                listening.start(switching, switching.settings(), history, server.fixedModels ? null : switching);
            } else {
                ServedModels several =
                        new ServedModels(models.runtime(), server.models, work, fetches, asked, tree.plan(), task);
                loaded.add(several);
                listening.start(several, asked, history);
            }
            Interruption.callOnInterrupt(interrupted::countDown);
            if (asked.apiKey() == null && !listening.isLocal()) {
                System.err.println("espalier: anyone who can reach " + listening.url()
                        + " may use it: set a key with --api-key or " + KEY_VARIABLE);
            }
            System.out.println("Espalier serves " + listening.url() + "/v1");
            System.out.println("Page: " + pageOf(listening) + " (open it in a browser; Ctrl-C ends the server)");
            System.out.flush();
            if (server.open) {
                Browser.open(listening.url() + "/");
            }
            interrupted.await();
            // While there are models: the runtime is closed before what is bound.
            listening.stop();
        }
        return ExitCode.ANSWERED;
    }

    /** An address that a browser here can open: all networks are none. */
    private static String pageOf(EspalierServer listening) {
        return listening.url().replace("://0.0.0.0:", "://127.0.0.1:").replaceFirst("://\\[[0:]*]:", "://[::1]:") + "/";
    }

    private ServerSettings settings() {
        checkRange("--port", server.port, 0, 65_535);
        checkRange("--in-flight", server.inFlight, 1, MOST_IN_FLIGHT);
        checkRange("--queue", server.queue, 0, MOST_QUEUED);
        checkRange("--max-n", server.maxN, 1, SearchConfig.MAX_N);
        if (search.n() > server.maxN) {
            throw new UsageException(
                    "-n is %d, but --max-n allows %d: raise --max-n or lower -n".formatted(search.n(), server.maxN));
        }
        SearchConfig config = tree.config(sampling).n(search.n()).build();
        config.validateFor(search.method());
        return new ServerSettings(
                apiKey(),
                Math.multiplyExact(server.inFlight, EarlyStopping.atOnce(search.method(), search.n())),
                server.queue,
                server.maxN,
                budget.budget(),
                search.method(),
                config,
                search.namedSelection(),
                seedIsGiven() ? config.seed() : null,
                hosts(),
                server.strict,
                origins(),
                !server.noProgress);
    }

    /** The default is for searches that are to be repeated; clients that give no seed want another answer each time. */
    private boolean seedIsGiven() {
        CommandSpec self = Objects.requireNonNull(spec);
        return self.commandLine().getParseResult().hasMatchedOption("--seed")
                || Configuration.of(self).of(self.findOption("--seed")).isPresent();
    }

    private Set<String> hosts() {
        Set<String> hosts = new HashSet<>();
        for (String host : server.allowHost) {
            if (!HOST.matcher(host).matches()) {
                throw new UsageException(
                        "--allow-host must be a name such as solver.example, without a port, not " + host);
            }
            hosts.add(host.toLowerCase(Locale.ROOT));
        }
        return hosts;
    }

    private Set<String> origins() {
        Set<String> origins = new HashSet<>();
        for (String given : server.corsOrigin) {
            String origin = given.toLowerCase(Locale.ROOT).replaceFirst("/$", "");
            if (origin.equals("*") && apiKey() == null) {
                throw new UsageException(
                        "--cors-origin * would have any web page use the server: set a key with --api-key or "
                                + KEY_VARIABLE + ", or name the pages' origins");
            }
            if (!origin.equals("*") && !ORIGIN.matcher(origin).matches()) {
                throw new UsageException(
                        "--cors-origin must be a page's origin such as http://localhost:3000, without a path, not "
                                + given);
            }
            origins.add(origin);
        }
        return origins;
    }

    private static void checkRange(String flag, int value, int least, int most) {
        if (value < least || value > most) {
            throw new UsageException("%s must be %d to %d, not %d".formatted(flag, least, most, value));
        }
    }

    private @Nullable String apiKey() {
        String key = RemoteOptions.key(server.apiKey);
        if (key != null && key.isBlank()) {
            throw new UsageException("--api-key (or " + KEY_VARIABLE + ") is empty: give a key, or none at all");
        }
        return key == null ? null : key.strip();
    }
}
