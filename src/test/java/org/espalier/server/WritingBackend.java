package org.espalier.server;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.TokenScore;
import org.espalier.prompt.PromptOptions;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solver;
import org.espalier.testing.ByteTokenizer;
import org.espalier.testing.ScriptedPolicy;
import org.espalier.wire.SearchOutcome.Model;
import org.jspecify.annotations.Nullable;

/** Solves with a policy that writes what it was told to. */
public final class WritingBackend implements Backend, AutoCloseable {
    /** For a server that has it, and bounds nothing. */
    public static final ServerSettings SETTINGS = new ServerSettings(
            null,
            32,
            2,
            64,
            Budget.UNLIMITED,
            SearchMethod.DVTS,
            SearchConfig.builder().build(),
            null,
            42L,
            Set.of());

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final ScriptedPolicy policy = new ScriptedPolicy(thread);
    private volatile @Nullable String instruction;

    /** What it writes. */
    public ScriptedPolicy policy() {
        return policy;
    }

    /** What it was last instructed. */
    @Nullable
    String instruction() {
        return instruction;
    }

    @Override
    public List<Model> models() {
        return List.of(new Model("policy", "scripted", "00"));
    }

    @Override
    public long bytes() {
        return 7;
    }

    @Override
    public Solver solver(PromptOptions prompt) {
        instruction = prompt.instruction();
        return new Solver(policy, null, reply -> Optional.empty());
    }

    @Override
    public CompletableFuture<Void> rehearse(
            Problem problem, PromptOptions prompt, SearchMethod method, SearchConfig config) {
        new Solver(policy, null, reply -> Optional.empty()).requireSolvable(problem, method, config);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Optional<Judge> judge() {
        return Optional.empty();
    }

    @Override
    public List<TokenScore> tokenScores(@Nullable String text, List<Integer> ids, Meter meter) {
        return List.of();
    }

    @Override
    public Vocabulary vocabulary() {
        return new Vocabulary(new ByteTokenizer(), "{{ messages }}");
    }

    @Override
    public int promptTokens(Problem problem, PromptOptions prompt) {
        return 1;
    }

    @Override
    public int contextTokens() {
        return 1000;
    }

    @Override
    public void keep(Problem problem, PromptOptions prompt, String reply) {}

    @Override
    public void makeWay() {}

    @Override
    public Map<String, Long> gauges() {
        return Map.of();
    }

    @Override
    public Optional<String> failure() {
        return Optional.empty();
    }

    @Override
    public void interrupt() {}

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
