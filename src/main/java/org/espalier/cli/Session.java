package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import org.espalier.catalog.FetchListener;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.cli.SolutionJson.EngineJson;
import org.espalier.engine.Engine;
import org.espalier.engine.EnginePolicy;
import org.espalier.engine.Lane;
import org.espalier.engine.LaneStats;
import org.espalier.engine.LikelihoodJudge;
import org.espalier.engine.MemoryPlan;
import org.espalier.engine.MemoryPlan.Demand;
import org.espalier.engine.MemoryPlan.ModelShape;
import org.espalier.engine.OutcomeModel;
import org.espalier.engine.SelfJudge;
import org.espalier.llama.AvailableMemory;
import org.espalier.llama.ContextOptions;
import org.espalier.llama.ContextOptions.CacheType;
import org.espalier.llama.EnergyMeter;
import org.espalier.llama.LlamaModelRunner;
import org.espalier.llama.NativeLibrary;
import org.espalier.llama.NativeModel;
import org.espalier.llama.NativeTokenizer;
import org.espalier.llama.PeakMemory;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Tokenizer;
import org.espalier.model.UsageException;
import org.espalier.prm.PrmFormat;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.Fragment;
import org.espalier.prompt.SolvePrompt;
import org.espalier.search.AutoPlan;
import org.espalier.search.Solver;
import org.jspecify.annotations.Nullable;

/**
 * The loaded models, their engine and a solver over them. What is opened is closed in the opposite order, also when
 * opening fails half way.
 */
final class Session implements AutoCloseable {
    /** A model that is part of the session. */
    record LoadedModel(String role, ModelFile file) {}

    private final ModelOptions options;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<LoadedModel> models = new ArrayList<>();

    private final ModelChoice choice;
    private final boolean unified;
    private final int inFlight;
    private final int branches;
    private final Lane policyLane;
    private final @Nullable Lane prmLane;
    private final Engine engine;
    private final EnergyMeter energy;
    private final EnginePolicy policy;
    private final @Nullable ProcessRewardModel prm;
    private final Solver solver;
    private final SolvePrompt prompt;

    /**
     * Loads what the work needs.
     *
     * @throws UsageException if the options contradict each other
     * @throws org.espalier.model.EspalierException if a model cannot be had or does not fit
     */
    Session(ModelOptions options, Workload work, FetchListener fetches) {
        this.options = options;
        boolean needsPrm = work.needsPrm();
        if (options.context != null && options.context < 1) {
            throw new UsageException("--context must be 1 or more, not " + options.context);
        }
        try {
            choice = ModelChoice.of(options, needsPrm, ModelStore.open(), fetches);
            PrmChoice prmChoice = choice.prm();
            NativeModel policyModel = load("policy", choice.policy());
            NativeModel prmModel = choice.judge() == null ? null : load("prm", choice.judge());
            NativeTokenizer tokenizer = new NativeTokenizer(policyModel);
            prompt = new SolvePrompt(policyTemplate(policyModel), options.systemOfPolicy(policyModel.systemPrompt()));
            int longestPrompt = longestPrompt(prompt, work.problems(), tokenizer);
            Placement placement = place(policyModel, prmModel, longestPrompt, work);
            MemoryPlan plan = placement.plan();
            unified = placement.unified();
            inFlight = placement.inFlight();
            branches = work.withInFlight(inFlight).branches();

            LlamaModelRunner policyRunner = context(policyModel, plan.policyCells(), plan.sequences(), unified);
            policyLane = lane("policy", tokenizer, policyRunner);
            List<Lane> lanes = new ArrayList<>(List.of(policyLane));
            ProcessRewardModel judge = null;
            Lane judgeLane = null;
            if (prmModel != null) {
                // Steps of different lengths fill a batch only where sequences share the cells.
                LlamaModelRunner prmRunner = LlamaModelRunner.open(
                        prmModel,
                        contextOptions(plan.prmCells(), plan.sequences(), true),
                        prmChoice == null ? null : prmChoice.head());
                judgeLane = lane("PRM", new NativeTokenizer(prmModel), prmRunner);
                lanes.add(judgeLane);
                judge = prmChoice == null
                        ? new LikelihoodJudge(
                                judgeLane,
                                new SolvePrompt(template(prmModel), options.systemOfJudge(prmModel.systemPrompt())))
                        : OutcomeModel.orPrm(
                                judgeLane, prmRunner, new PrmFormat(prmChoice.profile(), template(prmModel)));
            } else if (needsPrm) {
                judge = new SelfJudge(policyLane, policyRunner, prompt);
            }
            engine = new Engine(lanes);
            open.push(engine);
            energy = EnergyMeter.start();
            open.push(energy);
            policy = new EnginePolicy(engine, policyLane, prompt);
            prm = judge;
            prmLane = judgeLane;
            solver = new Solver(policy, prm, new GradeAnswerReader());
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private NativeModel load(String role, ModelFile file) {
        models.add(new LoadedModel(role, file));
        NativeModel model =
                NativeModel.open(file.path(), new org.espalier.llama.ModelOptions(options.gpuLayers, true, true));
        open.push(model);
        return model;
    }

    private ChatTemplate policyTemplate(NativeModel model) {
        return switch (options.template) {
            case AUTO -> template(model);
            case CHATML -> ChatTemplate.CHATML;
            case NONE -> ChatTemplate.PLAIN;
        };
    }

    private static ChatTemplate template(NativeModel model) {
        ChatTemplate own = model.chatTemplate();
        return own == null ? ChatTemplate.CHATML : own;
    }

    private Lane lane(String name, NativeTokenizer tokenizer, LlamaModelRunner runner) {
        Lane lane = new Lane(name, tokenizer, runner);
        open.push(lane);
        return lane;
    }

    private static int longestPrompt(SolvePrompt prompt, List<Problem> problems, NativeTokenizer tokenizer) {
        return problems.stream()
                .mapToInt(problem -> Fragment.encode(prompt.render(problem), tokenizer).length)
                .max()
                .orElse(0);
    }

    /** How the work is laid out in memory. */
    private record Placement(MemoryPlan plan, boolean unified, int inFlight) {}

    /** With fewer problems at a time where the memory is not enough for all of them. */
    private Placement place(NativeModel policy, @Nullable NativeModel prm, int promptTokens, Workload work) {
        long limit = options.memory != null ? options.memory : defaultMemory();
        boolean shared = work.methods().stream()
                .anyMatch(method -> options.kvLayout.isUnified(method.isTreeSearch(), work.branches()));
        Demand demand = new Demand(
                work.branches(), promptTokens, work.maxTokens(), Optional.ofNullable(options.context), shared);
        try {
            MemoryPlan plan =
                    MemoryPlan.of(shape(policy), Optional.ofNullable(prm).map(Session::shape), demand, limit);
            return new Placement(plan, shared, work.inFlight());
        } catch (EspalierException e) {
            if (work.inFlight() == 1) {
                throw e;
            }
            return place(policy, prm, promptTokens, work.withInFlight(work.inFlight() / 2));
        }
    }

    /** Half of what the machine has, or what is left of it. */
    private static long defaultMemory() {
        return Math.min(AvailableMemory.totalBytes() / 2, AvailableMemory.bytes() * 9 / 10);
    }

    private static ModelShape shape(NativeModel model) {
        return new ModelShape(
                model.bytes(), model.bytesPerCell(CacheType.F16), model.vocabularySize(), model.trainedContext());
    }

    /** Contexts belong to their lanes, and these to the engine. */
    private LlamaModelRunner context(NativeModel model, int cells, int sequences, boolean shared) {
        return LlamaModelRunner.open(model, contextOptions(cells, sequences, shared));
    }

    private ContextOptions contextOptions(int cells, int sequences, boolean shared) {
        return ContextOptions.of(cells, sequences).withUnified(shared).withThreads(options.threads());
    }

    /** @param file null for what is known of the models, see {@link Plans} */
    AutoPlan plan(@Nullable Path file) {
        return Plans.of(file, choice.policy(), choice.judge());
    }

    /**
     * Starts counting what a run spends.
     *
     * @throws UsageException if the budget limits the energy and this machine does not say how much it takes
     */
    Meter meter(Budget budget) {
        if (budget.joules() == Double.POSITIVE_INFINITY) {
            return new Meter(budget);
        }
        if (energy.joules().isEmpty()) {
            throw new UsageException(
                    "--budget-joules cannot be kept: this machine has no counter of energy that can be read"
                            + " (Linux: intel-rapl below /sys/class/powercap, usually for root alone; or an NVIDIA GPU)");
        }
        return new Meter(budget, () -> energy.joules().orElse(Double.POSITIVE_INFINITY));
    }

    Solver solver() {
        return solver;
    }

    /** Solves with another instruction for the policy than its own. */
    Solver solver(String instruction) {
        return new Solver(new EnginePolicy(engine, policyLane, prompt(instruction)), prm, new GradeAnswerReader());
    }

    private SolvePrompt prompt(@Nullable String instruction) {
        return instruction == null ? prompt : new SolvePrompt(prompt.template(), instruction);
    }

    /**
     * Tokens of the policy's prompt.
     *
     * @param instruction null for the policy's own
     */
    int promptTokens(Problem problem, @Nullable String instruction) {
        Tokenizer tokenizer = policyLane.tokenizer();
        return tokenizer.beginning().length
                + Fragment.encode(prompt(instruction).render(problem), tokenizer).length;
    }

    /** Tokens that a prompt and a completion can have together. */
    int contextTokens() {
        return policyLane.maxLength();
    }

    /** Cells in use, by the role of the model. Waits for the step in progress; not to be called on the engine's thread. */
    Map<String, Integer> liveCells() {
        return CompletableFuture.supplyAsync(
                        () -> prmLane == null
                                ? Map.of("policy", policyLane.liveCells())
                                : Map.of("policy", policyLane.liveCells(), "prm", prmLane.liveCells()),
                        engine)
                .join();
    }

    EnginePolicy policy() {
        return policy;
    }

    /** Whether another model judges steps than the one that writes them. */
    boolean hasJudge() {
        return prmLane != null;
    }

    /** What judges steps; there must be something. */
    ProcessRewardModel prm() {
        return Objects.requireNonNull(prm);
    }

    /** The name of the model that judges, or of the policy if that does. */
    String judgeName() {
        return models.get(models.size() - 1).file().name();
    }

    /** How many problems may be solved at the same time. */
    int inFlight() {
        return inFlight;
    }

    List<LoadedModel> models() {
        return List.copyOf(models);
    }

    /** What ran the search, and how full it kept its batches and its cache. */
    EngineJson describeEngine() {
        LaneStats stats = policyLane.stats();
        LaneStats prmStats = prmLane == null ? LaneStats.NONE : prmLane.stats();
        long inNative = stats.runnerNanos() + prmStats.runnerNanos();
        long inSteps = stats.totalNanos() + prmStats.totalNanos();
        long waited = engine.waitedNanos();
        OptionalDouble joules = energy.joules();
        return new EngineJson(
                Version.own(),
                String.join("; ", NativeLibrary.description()),
                unified ? "unified" : "streams",
                options.threads(),
                stats.peakCells(),
                stats.steps() == 0 ? 0 : (double) stats.tokens() / stats.steps(),
                stats.steps() == 0 ? 0 : Math.min(1, (double) stats.rows() / stats.steps() / branches),
                stats.runnerNanos() / 1e9,
                prmStats.runnerNanos() / 1e9,
                (stats.readingNanos() + prmStats.readingNanos()) / 1e9,
                (inSteps - inNative) / 1e9,
                Math.max(0, engine.elapsedNanos() - waited - inSteps) / 1e9,
                waited / 1e9,
                joules.isPresent() ? joules.getAsDouble() : null,
                energy.parts(),
                PeakMemory.bytes().orElse(null));
    }

    /** Ends the decode in progress so that a cancellation is seen at once. */
    void interrupt() {
        engine.interrupt();
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
