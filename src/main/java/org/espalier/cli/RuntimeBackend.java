package org.espalier.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.espalier.catalog.ModelFile;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter;
import org.espalier.model.PieceName;
import org.espalier.model.Problem;
import org.espalier.model.TokenScore;
import org.espalier.prompt.PromptOptions;
import org.espalier.runtime.LoadedModel;
import org.espalier.runtime.LocalRuntime;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solver;
import org.espalier.server.Backend;
import org.espalier.server.ServerSettings;
import org.espalier.wire.SearchOutcome.Model;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A runtime as a server sees it. The models' digests are computed on a thread of its own, so that no request waits. */
final class RuntimeBackend implements Backend, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RuntimeBackend.class);

    private final LocalRuntime runtime;
    private final Map<Path, String> digests = new ConcurrentHashMap<>();
    private final Thread reading;

    RuntimeBackend(LocalRuntime runtime) {
        this.runtime = runtime;
        reading = new Thread(this::computeDigests, "espalier-digests");
        reading.setDaemon(true);
        reading.start();
    }

    /**
     * What the models of a runtime allow of what was asked for.
     *
     * @param plan that auto is to go by; null for what is known of the models
     */
    static ServerSettings allowed(LocalRuntime runtime, ServerSettings asked, @Nullable Path plan) {
        return asked.withPlan(runtime.plan(plan)).withBranches(Math.min(asked.branches(), runtime.inFlight()));
    }

    private void computeDigests() {
        for (LoadedModel model : runtime.models()) {
            ModelFile file = model.file();
            try {
                digests.put(file.path(), file.sha256());
            } catch (EspalierException e) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                LOG.warn("answers do not say the digest of {}: {}", file.name(), e.getMessage());
            }
        }
    }

    @Override
    public List<Model> models() {
        return runtime.models().stream()
                .map(model -> new Model(
                        model.role(),
                        model.file().name(),
                        digests.get(model.file().path())))
                .toList();
    }

    @Override
    public long bytes() {
        return runtime.models().stream()
                .map(model -> model.file().path())
                .distinct()
                .mapToLong(PieceName::bytesOf)
                .sum();
    }

    @Override
    public Solver solver(PromptOptions prompt) {
        return runtime.solver(prompt);
    }

    @Override
    public CompletableFuture<Void> rehearse(
            Problem problem, PromptOptions prompt, SearchMethod method, SearchConfig config) {
        return runtime.solver(prompt).rehearse(problem, method, config);
    }

    @Override
    public Optional<Judge> judge() {
        return runtime.hasJudge()
                ? Optional.of(new Judge(runtime.prm(), runtime.policy().executor()))
                : Optional.empty();
    }

    @Override
    public void keep(Problem problem, PromptOptions prompt, String reply) {
        runtime.keep(problem, prompt, reply);
    }

    @Override
    public void makeWay() {
        runtime.makeWay();
    }

    @Override
    public List<TokenScore> tokenScores(@Nullable String text, List<Integer> ids, Meter meter) {
        return runtime.tokenScores(text, ids, meter);
    }

    @Override
    public Vocabulary vocabulary() {
        return new Vocabulary(runtime.tokenizer(), runtime.chatTemplateText());
    }

    @Override
    public int promptTokens(Problem problem, PromptOptions prompt) {
        return runtime.promptTokens(problem, prompt);
    }

    @Override
    public int contextTokens() {
        return runtime.contextTokens();
    }

    @Override
    public Map<String, Long> gauges() {
        Map<String, Long> gauges = new HashMap<>();
        runtime.liveCells().forEach((role, cells) -> gauges.put("espalier_" + role + "_cells", (long) cells));
        long kept = runtime.keptCells();
        gauges.put("espalier_kept_cells", kept);
        // Those that searches use: a search that needs the others takes them.
        gauges.merge("espalier_policy_cells", -kept, (all, less) -> Math.max(0, all + less));
        return gauges;
    }

    @Override
    public Optional<String> failure() {
        return runtime.failure();
    }

    @Override
    public void interrupt() {
        runtime.interrupt();
    }

    /** Stops reading files. */
    @Override
    public void close() {
        reading.interrupt();
    }
}
