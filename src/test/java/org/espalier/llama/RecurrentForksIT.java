package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.espalier.engine.Engine;
import org.espalier.engine.Lane;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Prefix;
import org.espalier.model.Problem;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.SolvePrompt;
import org.espalier.reward.EnginePolicy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A policy with a recurrent state, in all layers (Mamba) or in one beside attention (LFM2): a tree that forks whole sequences
 * writes what each path does alone.
 */
class RecurrentForksIT {
    private static final Problem PROBLEM = Problem.of("2 + 3?");
    private static final SolvePrompt PROMPT = new SolvePrompt(ChatTemplate.CHATML, null);
    private static final SamplingParams SAMPLING = new SamplingParams(0.9, 0, 1, 0);
    private static final int DEPTH = 3;
    private static final int CHILDREN = 3;

    @TempDir
    static Path directory;

    private static final Map<String, NativeModel> MODELS = new TreeMap<>();

    @BeforeAll
    static void openModels() throws Exception {
        for (String kind : List.of("mamba", "lfm2")) {
            MODELS.put(kind, NativeModel.open(TinyGguf.write(kind, directory), ModelOptions.DEFAULT));
        }
    }

    @AfterAll
    static void closeModels() {
        MODELS.values().forEach(NativeModel::close);
    }

    private static Lane lane(NativeModel model, ContextOptions options) {
        return new Lane("policy", new NativeTokenizer(model), LlamaModelRunner.open(model, options.withThreads(1)));
    }

    /** A tree's steps by their paths, such as "021". */
    private static final class Tree {
        final Map<String, Step> steps = new TreeMap<>();
        final Meter meter = new Meter(Budget.UNLIMITED);
        private final EnginePolicy policy;

        Tree(EnginePolicy policy) {
            this.policy = policy;
        }

        CompletableFuture<Void> grow(Prefix prefix, String path) {
            List<CompletableFuture<Void>> children = new ArrayList<>();
            for (int i = 0; i < CHILDREN && path.length() < DEPTH; i++) {
                String child = path + i;
                children.add(extend(prefix, child).thenCompose(step -> grow(step.prefix(), child)));
            }
            prefix.close();
            return CompletableFuture.allOf(children.toArray(CompletableFuture[]::new));
        }

        CompletableFuture<Step> extend(Prefix prefix, String path) {
            StepRequest request = StepRequest.toEnd(SAMPLING, path.hashCode(), 9);
            return policy.extend(prefix, request).thenApply(step -> {
                steps.put(path, step);
                return step;
            });
        }

        /** One path alone, as {@link #grow} writes it among others. */
        CompletableFuture<Void> walk(Prefix prefix, String path, int depth) {
            if (depth > path.length()) {
                return CompletableFuture.completedFuture(null);
            }
            CompletableFuture<Void> rest =
                    extend(prefix, path.substring(0, depth)).thenCompose(step -> walk(step.prefix(), path, depth + 1));
            prefix.close();
            return rest;
        }
    }

    private static Tree tree(NativeModel model, ContextOptions options, String alone) throws Exception {
        Lane lane = lane(model, options);
        try (Engine engine = new Engine(List.of(lane))) {
            Tree tree = new Tree(new EnginePolicy(engine, lane, PROMPT));
            CompletableFuture.supplyAsync(
                            () -> {
                                Prefix root = tree.policy.open(PROBLEM, tree.meter);
                                return alone == null ? tree.grow(root, "") : tree.walk(root, alone, 1);
                            },
                            engine)
                    .thenCompose(done -> done)
                    .get(60, TimeUnit.SECONDS);
            return tree;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "mamba, true, 64",
        "mamba, false, 64",
        "mamba, true, 5",
        "mamba, false, 5",
        "lfm2, true, 64",
        "lfm2, false, 64",
        "lfm2, true, 5",
        "lfm2, false, 5"
    })
    void aTreeOfForksWritesWhatEachPathDoesAlone(String kind, boolean unified, int sequences) throws Exception {
        ContextOptions options =
                ContextOptions.of(256 * sequences, sequences).withBatch(64, 64).withUnified(unified);
        Tree tree = tree(MODELS.get(kind), options, null);
        assertThat(tree.steps).hasSizeGreaterThan(30);
        for (String path : List.of("000", "012", "121", "202", "222")) {
            Tree alone = tree(MODELS.get(kind), ContextOptions.of(1024, 4).withBatch(64, 4), path);
            alone.steps.forEach((place, step) -> {
                Step forked = tree.steps.get(place);
                assertThat(forked.text()).as(place).isEqualTo(step.text());
                assertThat(forked.tokens()).isEqualTo(step.tokens());
                assertThat(forked.logProb()).isCloseTo(step.logProb(), within(1e-2));
            });
        }
        if (sequences == 64) {
            assertThat(tree.meter.get(Count.PREEMPTIONS)).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"mamba, true", "mamba, false", "lfm2, true", "lfm2, false"})
    void aPathThatFillsTheContextEndsThere(String kind, boolean unified) throws Exception {
        Lane lane = lane(
                MODELS.get(kind),
                ContextOptions.of(unified ? 256 : 1024, 4).withBatch(64, 4).withUnified(unified));
        try (Engine engine = new Engine(List.of(lane))) {
            EnginePolicy policy = new EnginePolicy(engine, lane, PROMPT);
            Meter meter = new Meter(Budget.UNLIMITED);
            StopReason reason = StopReason.EOS;
            int tokens = 0;
            for (long seed = 0; reason == StopReason.EOS && seed < 20; seed++) {
                long drawn = seed;
                Step step = CompletableFuture.supplyAsync(
                                () -> policy.extend(
                                        policy.open(PROBLEM, meter),
                                        StepRequest.toEnd(new SamplingParams(5, 0, 1, 0), drawn, 9999)),
                                engine)
                        .thenCompose(done -> done)
                        .get(60, TimeUnit.SECONDS);
                reason = step.stopReason();
                tokens = step.tokens();
            }
            assertThat(reason).isEqualTo(StopReason.CONTEXT);
            assertThat(tokens).isBetween(150, 256);
        }
    }
}
