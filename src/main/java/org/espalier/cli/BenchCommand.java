package org.espalier.cli;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.engine.Engine;
import org.espalier.engine.Lane;
import org.espalier.engine.LaneStats;
import org.espalier.llama.ContextOptions;
import org.espalier.llama.LlamaModelRunner;
import org.espalier.llama.NativeModel;
import org.espalier.llama.NativeTokenizer;
import org.espalier.llama.Processors;
import org.espalier.model.Attention;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.ForwardingTokenizer;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Prefix;
import org.espalier.model.Problem;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.Tokenizer;
import org.espalier.model.UsageException;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.SolvePrompt;
import org.espalier.reward.EnginePolicy;
import org.espalier.runtime.KvLayout;
import org.espalier.runtime.LoadCheck;
import org.espalier.runtime.RuntimeListener;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code espalier bench}: the engine's speed on branches of one prefix, which is the work of a tree search. */
@Command(name = "bench", description = "Measures how fast branches of one prefix decode together.")
final class BenchCommand implements Callable<Integer> {
    /** llama.cpp has no more sequence ids. */
    private static final int MOST_SEQUENCES = 256;
    /** Almost uniform over the vocabulary. */
    private static final SamplingParams ANY_TOKEN = new SamplingParams(100, 0, 1, 0);

    private static final int MOST_DRAWS = 100_000;

    @Option(
            names = "--policy",
            paramLabel = "MODEL",
            description = "A known model or a GGUF file (default: the default policy).")
    private @Nullable String policy;

    @Option(names = "--branches", defaultValue = "64", description = "Sequences (default: ${DEFAULT-VALUE}).")
    private int branches;

    @Option(names = "--prefix", defaultValue = "200", description = "Tokens they share (default: ${DEFAULT-VALUE}).")
    private int prefix;

    @Option(names = "--tokens", defaultValue = "128", description = "Tokens of each (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(
            names = "--threads",
            description = "Threads that compute (default: as many as are quickest at each moment, at most one a core).")
    private @Nullable Integer threads;

    @Option(
            names = "--kv-layout",
            defaultValue = "unified",
            description =
                    "unified, streams, or auto: what a search that forks once would get (default: ${DEFAULT-VALUE}).")
    private KvLayout layout = KvLayout.UNIFIED;

    @Option(names = "--attention", description = "tree or stock (default: $ESPALIER_ATTENTION, else tree).")
    private @Nullable Attention attention;

    @Option(names = "--runs", defaultValue = "3", description = "Measured runs (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--no-load-check", description = "Loads a model that has never run here without trying it first.")
    private boolean noLoadCheck;

    @Option(names = "--json", description = "Prints one JSON object a run.")
    private boolean json;

    /**
     * One run.
     *
     * @param layout that was used
     * @param attention that was used
     * @param attentionOperations that tree attention computed, of all runs so far
     * @param prefillSeconds until the prefix was computed and one token drawn after it
     * @param threads that the steps took on average, by their time
     * @param outsideNative share of the steps' time that was not spent in llama.cpp and the sampler
     * @param sampling share of it that went into reading logits
     * @param peakCells most of the cache that was in use, of all runs so far
     * @param liveTokens different tokens of the branches and their prefix that a cache has to hold in the end: the last of each
     *     branch is only drawn
     */
    private record Result(
            int branches,
            int prefix,
            int tokens,
            String layout,
            String attention,
            long attentionOperations,
            double threads,
            double tokensPerSecond,
            double prefillSeconds,
            double outsideNative,
            double sampling,
            int peakCells,
            long liveTokens) {}

    @Override
    public Integer call() throws Exception {
        checkRange("--branches", branches, 10_000);
        checkRange("--prefix", prefix, 1_000_000);
        checkRange("--tokens", tokens, 100_000);
        checkRange("--runs", runs, 10_000);
        ModelStore store = ModelStore.open();
        String name = policy == null ? store.catalog().defaultPolicy().name() : policy;
        try (FetchProgress progress = new FetchProgress();
                NativeModel model = open(store.resolve(name, progress), progress)) {
            // A stream holds one branch; a unified cache all of them, and the prefix once.
            Attention wanted = attention == null ? Attention.preferred() : attention;
            boolean unified =
                    layout.isUnified(false, model.takesTreeAttention() ? wanted : Attention.STOCK, branches, tokens);
            int sequences = Math.min(Math.max(2, branches) + 2, MOST_SEQUENCES);
            int cells = unified ? prefix + branches * (tokens + 2) + 256 : sequences * (prefix + tokens + 8);
            ContextOptions options =
                    ContextOptions.of(cells, sequences).withUnified(unified).withAttention(wanted);
            LlamaModelRunner runner =
                    LlamaModelRunner.open(model, threads == null ? options : options.withThreads(threads));
            Tokenizer tokenizer = new EndlessTokenizer(new NativeTokenizer(model));
            Lane lane = new Lane("policy", tokenizer, runner);
            try (Engine engine = new Engine(List.of(lane))) {
                measure(
                        runner,
                        lane,
                        new EnginePolicy(engine, lane, new SolvePrompt(ChatTemplate.PLAIN, null)),
                        tokenizer,
                        unified);
            }
        }
        return ExitCode.ANSWERED;
    }

    private static void checkRange(String flag, int value, int most) {
        if (value < 1 || value > most) {
            throw new UsageException("%s must be in 1..%d, not %d".formatted(flag, most, value));
        }
    }

    private NativeModel open(ModelFile file, RuntimeListener progress) {
        org.espalier.llama.ModelOptions options = org.espalier.llama.ModelOptions.DEFAULT;
        LoadCheck.of(!noLoadCheck, options.gpuLayers(), Processors.cores(), progress)
                .require(file, null, false);
        return NativeModel.open(file.path(), options);
    }

    private void measure(LlamaModelRunner runner, Lane lane, EnginePolicy policy, Tokenizer tokenizer, boolean unified)
            throws Exception {
        Meter meter = new Meter(Budget.UNLIMITED);
        Prefix root = CompletableFuture.supplyAsync(
                        () -> policy.open(Problem.of(textOf(tokenizer)), meter), policy.executor())
                .get();
        double prefillSeconds = prefill(policy, root);
        long[] seeds = seedsThatDiffer(policy, root);
        for (int run = 0; run < runs; run++) {
            LaneStats before = lane.stats();
            long began = System.nanoTime();
            decode(policy, root, seeds, tokens);
            double seconds = (System.nanoTime() - began) / 1e9;
            LaneStats after = lane.stats();
            double inSteps = after.totalNanos() - before.totalNanos();
            double inNative = after.runnerNanos() - before.runnerNanos();
            print(new Result(
                    branches,
                    prefix,
                    tokens,
                    unified ? "unified" : "streams",
                    (runner.attentionOperations().isPresent() ? Attention.TREE : Attention.STOCK).toString(),
                    runner.attentionOperations().orElse(0),
                    (after.threadNanos() - before.threadNanos()) / inNative,
                    branches * (double) tokens / seconds,
                    prefillSeconds,
                    1 - inNative / inSteps,
                    (after.samplingNanos() - before.samplingNanos()) / inSteps,
                    after.peakCells(),
                    meter.get(Count.PROMPT_TOKENS) + branches * (tokens - 1L)));
        }
    }

    private static double prefill(EnginePolicy policy, Prefix root) throws Exception {
        long began = System.nanoTime();
        List<Step> first = firstTokens(policy, root, new long[1]).get();
        double seconds = (System.nanoTime() - began) / 1e9;
        policy.executor().execute(() -> first.forEach(step -> step.prefix().close()));
        return seconds;
    }

    /** Branches that drew the same token would be computed as one. */
    private long[] seedsThatDiffer(EnginePolicy policy, Prefix root) throws Exception {
        Set<String> texts = new HashSet<>();
        long[] seeds = new long[branches];
        int found = 0;
        for (long first = 0; found < branches; first += branches) {
            if (first > MOST_DRAWS) {
                throw new EspalierException(
                        "this model does not draw %d different tokens: give fewer --branches".formatted(branches));
            }
            long[] tried = LongStream.range(first, first + branches).toArray();
            List<Step> steps = firstTokens(policy, root, tried).get();
            for (int i = 0; i < tried.length && found < branches; i++) {
                if (texts.add(steps.get(i).text())) {
                    seeds[found++] = tried[i];
                }
            }
            policy.executor().execute(() -> steps.forEach(step -> step.prefix().close()));
        }
        return seeds;
    }

    private static CompletableFuture<List<Step>> firstTokens(EnginePolicy policy, Prefix root, long[] seeds) {
        return CompletableFuture.completedFuture(root)
                .thenComposeAsync(
                        from -> all(LongStream.of(seeds)
                                .mapToObj(seed -> policy.extend(from, StepRequest.toEnd(ANY_TOKEN, seed, 1)))
                                .toList()),
                        policy.executor());
    }

    /** A token that differs, and greedy ones after it. */
    private static void decode(EnginePolicy policy, Prefix root, long[] seeds, int tokensEach) throws Exception {
        StepRequest greedy = StepRequest.toEnd(SamplingParams.GREEDY, 0, Math.max(1, tokensEach - 1));
        List<Step> first = firstTokens(policy, root, seeds).get();
        List<Step> rest = tokensEach == 1
                ? List.of()
                : CompletableFuture.completedFuture(first)
                        .thenComposeAsync(
                                steps -> all(steps.stream()
                                        .map(step -> policy.extend(step.prefix(), greedy))
                                        .toList()),
                                policy.executor())
                        .get();
        policy.executor().execute(() -> {
            rest.forEach(step -> step.prefix().close());
            first.forEach(step -> step.prefix().close());
        });
    }

    private static CompletableFuture<List<Step>> all(List<CompletableFuture<Step>> steps) {
        return CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new))
                .thenApply(done -> steps.stream().map(CompletableFuture::join).toList());
    }

    private String textOf(Tokenizer tokenizer) {
        StringBuilder text = new StringBuilder("one");
        while (tokenizer.encode(text + "\n\n", false).length < prefix - tokenizer.beginning().length) {
            text.append(" one");
        }
        return text.toString();
    }

    private void print(Result result) {
        if (json) {
            System.out.println(JsonMapper.builder().build().writeValueAsString(result));
        } else {
            System.out.printf(
                    Locale.ROOT,
                    "%d branches x %d tokens after %d, %s, %s attention, %.1f threads: %.1f tokens/s, %.1f %% of the time outside native code%n",
                    branches,
                    tokens,
                    prefix,
                    result.layout(),
                    result.attention(),
                    result.threads(),
                    result.tokensPerSecond(),
                    100 * result.outsideNative());
        }
    }

    /** A vocabulary in which nothing ends a turn, so that every branch decodes as many tokens as it is asked for. */
    private static final class EndlessTokenizer extends ForwardingTokenizer {
        EndlessTokenizer(Tokenizer tokenizer) {
            super(tokenizer);
        }

        @Override
        public boolean isEndOfGeneration(int token) {
            return false;
        }
    }
}
