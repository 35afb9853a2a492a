package org.espalier.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.espalier.model.FetchListener;
import org.espalier.catalog.ModelStore;
import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Searches with one peer, one method at a time, and prints a line of JSON for each. */
@Command(name = "search", description = "Whole searches over the engine or a peer of it.", sortOptions = false)
final class SearchBench implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** A method and its n. */
    private record Cell(SearchMethod method, int n) {}

    @Option(names = "--peer", required = true, description = "engine, javallama, llama-server or node-llama-cpp.")
    private String peer = "";

    @Option(
            names = "--method",
            description = "best-of-n, beam or dvts (default: best-of-n 16, beam 16, dvts 16 and dvts 64).")
    private @Nullable String method;

    @Option(names = "-n", defaultValue = "16", description = "Completions (default: ${DEFAULT-VALUE}).")
    private int n;

    @Option(names = "--dataset", defaultValue = "arith", description = "Of problems (default: ${DEFAULT-VALUE}).")
    private String dataset = "";

    @Option(names = "--problems", defaultValue = "20", description = "The first K (default: ${DEFAULT-VALUE}).")
    private int problems;

    @Option(names = "--policy", defaultValue = "arith-small", description = "Writes (default: ${DEFAULT-VALUE}).")
    private String policy = "";

    @Option(names = "--prm", defaultValue = "arith-prm", description = "Judges (default: ${DEFAULT-VALUE}).")
    private String prm = "";

    @Option(names = "--max-tokens", defaultValue = "400", description = "Of a path (default: ${DEFAULT-VALUE}).")
    private int maxTokens;

    @Option(names = "--seed", defaultValue = "42", description = "Of the run (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--threads", description = "That compute (default: one a processor).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--time-out",
            defaultValue = "600",
            description = "Seconds after which a peer is stopped, and what it has done so far is the result"
                    + " (default: ${DEFAULT-VALUE}).")
    private long timeOutSeconds;

    @Mixin
    private PeerOptions peerOptions = new PeerOptions();

    @Option(names = "--launcher", required = true, description = "The program espalier.")
    private Path launcher = Path.of("");

    @Option(names = "--json", description = "Prints JSON, as it does anyway.")
    private boolean json;

    /** What the libraries below print is not a result. */
    private final PrintStream results = System.out;

    public static void main(String[] arguments) {
        SearchBench bench = new SearchBench();
        System.setOut(System.err);
        System.exit(new CommandLine(bench).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Peer chosen = Peer.parse(peer);
        for (Cell cell : cells()) {
            SearchSetting search =
                    new SearchSetting(dataset, problems, policy, prm, cell.method, cell.n, maxTokens, seed, threads);
            print(chosen == Peer.ENGINE ? EngineSearch.run(launcher, search) : peerSearch(chosen, search));
        }
        return 0;
    }

    private List<Cell> cells() {
        return method != null
                ? List.of(new Cell(SearchMethod.parse(method), n))
                : List.of(
                        new Cell(SearchMethod.BEST_OF_N, 16),
                        new Cell(SearchMethod.BEAM, 16),
                        new Cell(SearchMethod.DVTS, 16),
                        new Cell(SearchMethod.DVTS, 64));
    }

    private SearchResult peerSearch(Peer chosen, SearchSetting search) {
        ModelStore store = ModelStore.open();
        Path policyFile = store.resolve(policy, FetchListener.NONE).path();
        Path prmFile = store.resolve(prm, FetchListener.NONE).path();
        try (PeerModels models = peerOptions.open(chosen, search, policyFile, prmFile)) {
            return new PeerSearch(models, search, policyFile, prmFile)
                    .run(Duration.ofSeconds(timeOutSeconds), this::giveUp);
        }
    }

    /** A peer in this process cannot be interrupted, so that the process ends. */
    private void giveUp(SearchResult soFar) {
        print(soFar);
        results.flush();
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        Runtime.getRuntime().halt(0);
    }

    private void print(SearchResult result) {
        results.println(JSON.writeValueAsString(result));
    }
}
