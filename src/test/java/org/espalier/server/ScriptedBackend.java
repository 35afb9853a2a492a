package org.espalier.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.espalier.model.ChatMessage;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter;
import org.espalier.model.Policy;
import org.espalier.model.Prefix;
import org.espalier.model.Problem;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.TextException;
import org.espalier.model.TokenScore;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;
import org.espalier.model.Warning;
import org.espalier.prompt.PromptOptions;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solver;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.ByteTokenizer;
import org.espalier.testing.FakePrm;
import org.espalier.testing.SeededPolicy;
import org.espalier.wire.SearchOutcome.Model;
import org.jspecify.annotations.Nullable;

/**
 * Solves without a model, on a thread of its own. While it holds, no search goes on, unless its meter is exceeded; a problem
 * with "fail" in it fails.
 */
final class ScriptedBackend implements Backend, Policy, AutoCloseable {
    static final int CONTEXT = 100;
    /** Its vocabulary has so many tokens. */
    static final int VOCABULARY = 1000;

    private static final long POLL_MILLIS = 2;
    private static final long TOKEN_NANOS = 30_000_000;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final Policy policy = new SeededPolicy(thread);
    private final Solver solver = new Solver(this, FakePrm.seeded(thread), new BoxedReader());
    private final Map<Prefix, Meter> roots = new ConcurrentHashMap<>();
    private final AtomicInteger modelsAsked = new AtomicInteger();
    private volatile CompletableFuture<Void> rehearsing = CompletableFuture.completedFuture(null);
    private volatile boolean judged = true;
    private volatile boolean held;
    private volatile boolean stepsFail;
    private volatile boolean slow;
    private volatile @Nullable String failure;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> kept = new CopyOnWriteArrayList<>();
    private final List<List<String>> histories = new CopyOnWriteArrayList<>();

    void hold() {
        held = true;
    }

    void release() {
        held = false;
    }

    /** Takes its time for each token from now on, where somebody reads along. */
    void writeSlowly() {
        slow = true;
    }

    /** Rehearses no sooner than this is done. */
    void rehearseWhen(CompletableFuture<Void> done) {
        rehearsing = done;
    }

    /** No PRM from now on. */
    void withoutJudge() {
        judged = false;
    }

    /** Steps that are held, and those after them, fail. */
    void failSteps() {
        stepsFail = true;
    }

    int timesAskedForModels() {
        return modelsAsked.get();
    }

    @Override
    public Prefix open(Problem problem, Meter meter) {
        asked.add(problem.text());
        histories.add(problem.history().stream().map(ChatMessage::content).toList());
        if (problem.text().contains("endless")) {
            throw new TextException("the script cannot take endless texts");
        }
        if (problem.text().contains("fail")) {
            throw new EspalierException("the script says fail");
        }
        Prefix root = policy.open(problem, meter);
        roots.put(root, meter);
        return root;
    }

    @Override
    public Optional<Prefix> ask(Prefix prefix, String question) {
        return policy.ask(prefix, question);
    }

    @Override
    public CompletableFuture<Step> extend(Prefix prefix, StepRequest request) {
        Meter meter = roots.get(prefix);
        CompletableFuture<Step> step = policy.extend(prefix, slow ? slowed(request) : request);
        return meter == null ? step : step.thenCompose(written -> whenFree(written, meter));
    }

    private static StepRequest slowed(StepRequest request) {
        Consumer<String> reader = request.onText();
        return reader == null
                ? request
                : request.withOnText(text -> {
                    LockSupport.parkNanos(TOKEN_NANOS);
                    reader.accept(text);
                });
    }

    private CompletableFuture<Step> whenFree(Step step, Meter meter) {
        if (stepsFail) {
            return CompletableFuture.failedFuture(new EspalierException("the script fails"));
        }
        if (!held || meter.exceeded().isPresent()) {
            return CompletableFuture.completedFuture(step);
        }
        Executor later = CompletableFuture.delayedExecutor(POLL_MILLIS, TimeUnit.MILLISECONDS, thread);
        return CompletableFuture.supplyAsync(() -> step, later).thenCompose(same -> whenFree(same, meter));
    }

    @Override
    public Executor executor() {
        return thread;
    }

    @Override
    public List<Model> models() {
        modelsAsked.incrementAndGet();
        return List.of(new Model("policy", "scripted", "00"));
    }

    @Override
    public long bytes() {
        return 7;
    }

    @Override
    public Solver solver(PromptOptions prompt) {
        if (prompt.instruction() != null) {
            asked.add(prompt.instruction());
        }
        return (judged ? solver : new Solver(this, null, new BoxedReader())).warning(ScriptedBackend::cautions);
    }

    @Override
    public CompletableFuture<Void> rehearse(
            Problem problem, PromptOptions prompt, SearchMethod method, SearchConfig config) {
        (judged ? solver : new Solver(this, null, new BoxedReader())).requireSolvable(problem, method, config);
        return rehearsing.thenRunAsync(
                () -> {
                    if (config.sampling().logits().biases().keySet().stream().anyMatch(id -> id >= VOCABULARY)) {
                        throw new UsageException(
                                List.of(Violation.of("logitBias", "%s has a token that is not in the vocabulary")));
                    }
                },
                thread);
    }

    /** Problems with "elsewhere" in them are not for this policy. */
    private static List<Warning> cautions(Problem problem) {
        return problem.text().contains("elsewhere")
                ? List.of(new Warning(Warning.OUTSIDE_MODEL, "this is not for me"))
                : List.of();
    }

    @Override
    public Optional<Judge> judge() {
        return judged ? Optional.of(new Judge(FakePrm.seeded(thread), thread)) : Optional.empty();
    }

    /** A token each word, each with the next one as the likeliest. */
    @Override
    public List<TokenScore> tokenScores(@Nullable String text, List<Integer> ids, Meter meter) {
        if (text != null && text.contains("endless")) {
            throw new TextException("the script cannot take endless texts");
        }
        List<String> words = text == null ? ids.stream().map(id -> "#" + id).toList() : List.of(text.split("(?= )"));
        List<TokenScore> scores = new ArrayList<>();
        for (int i = 0; i <= words.size(); i++) {
            String word = i < words.size() ? words.get(i) : " end";
            scores.add(
                    i == 0 ? new TokenScore(word, null, null, null) : new TokenScore(word, -0.5 * i, word, -0.5 * i));
        }
        return scores;
    }

    @Override
    public void keep(Problem problem, PromptOptions prompt, String reply) {
        kept.add(problem.text() + " " + reply);
    }

    /** Problems and replies that were to be kept. */
    List<String> kept() {
        return kept;
    }

    @Override
    public void makeWay() {}

    @Override
    public Vocabulary vocabulary() {
        return new Vocabulary(new ByteTokenizer(), "{{ messages }}");
    }

    @Override
    public int promptTokens(Problem problem, PromptOptions prompt) {
        if (problem.text().contains("uncountable")) {
            throw new EspalierException("the script cannot count this");
        }
        return problem.text().split("\\s+").length;
    }

    @Override
    public int contextTokens() {
        return CONTEXT;
    }

    @Override
    public Map<String, Long> gauges() {
        return Map.of("espalier_scripted", 7L);
    }

    @Override
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** What is wrong from now on; null if nothing is. */
    void fail(@Nullable String reason) {
        failure = reason;
    }

    @Override
    public void interrupt() {}

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** What came before each problem, in the order in which they began. */
    List<List<String>> histories() {
        return histories;
    }

    /** Instructions and problems, in the order in which they began. */
    List<String> asked() {
        return new ArrayList<>(asked);
    }
}
