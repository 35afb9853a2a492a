package org.espalier.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.espalier.catalog.FetchListener;
import org.espalier.catalog.GgufHeader;
import org.espalier.catalog.ModelStore;
import org.espalier.javallama.JavaLlama;
import org.espalier.javallama.JavaLlamaProcess;
import org.espalier.llamaserver.LlamaServer;
import org.espalier.model.UsageException;
import org.espalier.peer.TextJudge;
import org.espalier.peer.TextWriter;
import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Searches with one peer, one method at a time, and prints a line of JSON for each. */
@Command(name = "search", description = "Whole searches over the engine or a peer of it.", sortOptions = false)
final class SearchBench implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** Cells for a prompt. */
    private static final int PROMPT_CELLS = 512;
    /** What was fastest, see README.md. */
    private static final int JAVA_PRM_SLOTS = 4;
    /** For each problem in flight. */
    private static final int SERVER_PRM_SLOTS = 16;

    /** Who searches. */
    enum Peer {
        ENGINE("engine"),
        JAVALLAMA("javallama"),
        LLAMA_SERVER("llama-server");

        private final String cliName;

        Peer(String cliName) {
            this.cliName = cliName;
        }

        static Peer parse(String name) {
            return Arrays.stream(values())
                    .filter(peer -> peer.cliName.equals(name))
                    .findFirst()
                    .orElseThrow(() -> new UsageException(
                            "--peer " + name + " is unknown: choose engine, javallama or llama-server"));
        }
    }

    /** A method and its n. */
    private record Cell(SearchMethod method, int n) {}

    @Option(names = "--peer", required = true, description = "engine, javallama or llama-server.")
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
            names = "--peer-threads",
            description = "Of each of a peer's two models, which compute at the same time (default: --threads).")
    private @Nullable Integer peerThreads;

    @Option(names = "--slots", defaultValue = "64", description = "Of a peer's policy (default: ${DEFAULT-VALUE}).")
    private int slots;

    @Option(
            names = "--prm-slots",
            description = "Of a peer's PRM (default: javallama 4, llama-server 16 a problem in flight).")
    private @Nullable Integer prmSlots;

    @Option(
            names = "--together",
            defaultValue = "4",
            description = "Siblings in one request to llama-server (default: ${DEFAULT-VALUE}).")
    private int together;

    @Option(
            names = "--choices",
            defaultValue = "1",
            description = "Binary choices that javallama makes for a verdict (default: ${DEFAULT-VALUE}).")
    private int choices;

    @Option(
            names = "--similarity",
            defaultValue = "0.5",
            description = "Of prompts that share a slot in javallama; 0 for any (default: ${DEFAULT-VALUE}).")
    private float similarity;

    @Option(
            names = "--server-options",
            split = " ",
            defaultValue = "--kv-unified --cache-ram 0",
            description = "More options for llama-server (default: ${DEFAULT-VALUE}).")
    private List<String> serverOptions = List.of();

    @Option(names = "--launcher", required = true, description = "The program espalier.")
    private Path launcher = Path.of("");

    @Option(names = "--server", description = "The program llama-server.")
    private Path server = Path.of("llama-server");

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
            results.println(JSON.writeValueAsString(
                    chosen == Peer.ENGINE ? EngineSearch.run(launcher, search) : peerSearch(chosen, search)));
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
        int cells = slotCells(policyFile);
        int each = peerThreads == null ? threads : peerThreads;
        boolean java = chosen == Peer.JAVALLAMA;
        int judging = prmSlots == null ? usualPrmSlots(java, search) : prmSlots;
        try (TextWriter policyModel = java
                        ? new JavaLlama(policyFile, slots, cells, each, choices, similarity)
                        : new LlamaServer(server, policyFile, slots, cells, each, serverOptions);
                TextJudge prmModel = java
                        ? new JavaLlamaProcess(prmFile, judging, slotCells(prmFile), each, choices, similarity)
                        : new LlamaServer(server, prmFile, judging, slotCells(prmFile), each, serverOptions)) {
            List<String> settings =
                    new ArrayList<>(List.of("threads=2x" + each, "slots=" + slots, "prm-slots=" + judging));
            if (java) {
                settings.add("choices=" + choices);
                settings.add("similarity=" + similarity);
            } else {
                settings.add("together=" + together);
                settings.addAll(serverOptions);
            }
            return PeerSearch.run(
                    chosen.cliName,
                    String.join(" ", settings),
                    search,
                    policyFile,
                    policyModel,
                    prmFile,
                    prmModel,
                    java ? 1 : together,
                    !java);
        }
    }

    private static int usualPrmSlots(boolean java, SearchSetting search) {
        return java ? JAVA_PRM_SLOTS : SERVER_PRM_SLOTS * search.inFlight();
    }

    private int slotCells(Path file) {
        long trained = GgufHeader.read(file).contextLength().orElse(Integer.MAX_VALUE);
        return (int) Math.min(trained, PROMPT_CELLS + maxTokens);
    }
}
