package org.espalier.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.engine.Engine;
import org.espalier.engine.Lane;
import org.espalier.engine.MemoryPlan;
import org.espalier.engine.MemoryPlan.ModelShape;
import org.espalier.engine.ModelRunner;
import org.espalier.llama.ContextOptions;
import org.espalier.llama.EnergyMeter;
import org.espalier.llama.LlamaModelRunner;
import org.espalier.llama.NativeModel;
import org.espalier.llama.NativeTokenizer;
import org.espalier.model.Attention;
import org.espalier.model.Budget;
import org.espalier.model.Closer;
import org.espalier.model.Internal;
import org.espalier.model.Meter;
import org.espalier.model.Policy;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.TokenScore;
import org.espalier.model.Tokenizer;
import org.espalier.model.UsageException;
import org.espalier.model.Warning;
import org.espalier.model.Wording;
import org.espalier.prm.DenseHead;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.Fragment;
import org.espalier.prompt.PromptOptions;
import org.espalier.prompt.SolvePrompt;
import org.espalier.prompt.Thinking;
import org.espalier.reward.CompletionPolicy;
import org.espalier.reward.ContinuationScores;
import org.espalier.reward.EnginePolicy;
import org.espalier.reward.KeptPrompts;
import org.espalier.reward.StopTokenTokenizer;
import org.espalier.reward.TextScores;
import org.espalier.reward.ThinkingPolicy;
import org.espalier.reward.Tokens;
import org.espalier.runtime.LoadedModels.Use;
import org.espalier.search.AutoPlan;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solver;
import org.espalier.verify.VerifierPrm;
import org.espalier.wire.EngineReport;
import org.jspecify.annotations.Nullable;

/**
 * The loaded models, their engine and a solver over them. What is opened is closed in the opposite order, also when
 * opening fails half way.
 */
@Internal
public final class LocalRuntime implements AutoCloseable {
    /**
     * Up to which the samples of a problem do without flash attention in a PRM of narrow heads. With the bundled pair a
     * processor's time for the same problems was, with it by without it, 1.45 for DVTS at 16, 1.03 for Best-of-16 and 0.82
     * for Best-of-64: many independent samples fill more cells than the branches of a tree.
     */
    private static final int FEW_SAMPLES = 16;

    private final RuntimeOptions options;
    private final Task task;
    private final Closer open = new Closer();
    private final LoadedModels models;
    private final List<LlamaModelRunner> runners = new ArrayList<>();

    private final ResolvedModels choice;
    private final boolean unified;
    private final boolean manySamples;
    private final int inFlight;
    private final Lane policyLane;
    private final @Nullable Lane prmLane;
    private final Optional<LargerPolicy> larger;
    private final @Nullable Lane largerLane;
    private final Engine engine;
    private final EngineAccount account;
    private final Policy policy;
    private final @Nullable ProcessRewardModel prm;
    private final @Nullable ProcessRewardModel prmOfAuto;
    private final Solver solver;
    private final Cautions cautions;
    private final @Nullable Conversations conversations;
    private final @Nullable String chatTemplateText;
    private final SolvePrompt prompt;
    /** The same for replies without thinking. */
    private final SolvePrompt unthinking;

    private final Optional<Thinking> thinking;
    private final int thinkTokens;

    /**
     * Loads what the work needs.
     *
     * @throws UsageException if the options contradict each other
     * @throws org.espalier.model.EspalierException if a model cannot be had or does not fit
     */
    public LocalRuntime(RuntimeOptions options, Workload work, RuntimeListener listener) {
        this(options, work, listener, Task.USUAL);
    }

    /**
     * Loads what the work needs.
     *
     * @param task what is solved, with verifiers that judge beside the PRM
     * @throws UsageException if the options contradict each other
     * @throws org.espalier.model.EspalierException if a model cannot be had or does not fit
     */
    public LocalRuntime(RuntimeOptions options, Workload work, RuntimeListener listener, Task task) {
        this(options, work, listener, task, new SharedModels());
    }

    /** @param shared what other runtimes have loaded, and this one need not load again */
    LocalRuntime(RuntimeOptions options, Workload asked, RuntimeListener listener, Task task, SharedModels shared) {
        this.options = options;
        this.task = task;
        Workload work = options.prm().isNone() ? asked.withoutPrm() : asked;
        boolean needsPrm = work.needsPrm();
        try {
            choice = ResolvedModels.of(options, needsPrm, ModelStore.open(), listener);
            Optional<ModelFile> largerFile = LargerPolicy.file(options, work, listener);
            MemoryAllowance memory = MemoryAllowance.of(options.resources());
            EarlyFit.require(choice, largerFile, options.resources(), work, memory, shared);
            models = new LoadedModels(
                    options.resources().modelOptions(),
                    options.resources().check(listener),
                    memory.countsAll(),
                    listener,
                    shared);
            open.add(models);
            Use policyUse = models.load("policy", choice.policy(), options.policyAdapter(), false);
            NativeModel policyModel = policyUse.model();
            Optional<JudgeModels> judging = JudgeModels.load(choice, options, models, listener);
            larger = largerFile.map(file -> LargerPolicy.load(file, options, models));
            NativeTokenizer tokenizer = new NativeTokenizer(policyModel);
            chatTemplateText = policyModel.chatTemplateText();
            thinking = options.thinking().thinking(options.thinkingOf(policyUse), work.isJudged());
            thinkTokens = thinking.isPresent() ? options.thinking().tokens(work.maxTokens()) : 0;
            ChatTemplate answering = options.answeringTemplateOf(policyUse);
            ChatTemplate template = thinking.map(marks -> marks.on(options.templateOf(policyUse)))
                    .orElse(answering);
            prompt = options.promptOf(policyUse, template);
            unthinking = options.promptOf(policyUse, answering);
            Integer context = options.resources().context();
            int mostTokens = Math.max(policyModel.trainedContext(), context == null ? 0 : context);
            int longestPrompt = longestPrompt(prompt, work.problems(), tokenizer, mostTokens);
            Optional<ModelShape> beside = Stream.of(judging.map(JudgeModels::shape), larger.map(LargerPolicy::shape))
                    .flatMap(Optional::stream)
                    .reduce(ModelShape::and);
            Supplier<Optional<Wording>> smaller =
                    () -> EarlyFit.smaller(choice.policy().path(), memory.bytes());
            Attention attention =
                    policyModel.takesTreeAttention() ? options.resources().attentionOrPreferred() : Attention.STOCK;
            Placement placement = Placement.of(
                    options.resources(),
                    policyUse.shape(0),
                    attention,
                    beside,
                    longestPrompt,
                    work,
                    memory.limit(smaller));
            MemoryPlan plan = placement.plan();
            unified = placement.unified();
            manySamples = work.n() > FEW_SAMPLES && work.methods().stream().noneMatch(SearchMethod::isTreeSearch);
            inFlight = placement.work().inFlight();

            LlamaModelRunner policyRunner = policyContext(policyUse, plan.policyCells(), plan.sequences());
            Tokenizer words = thinking.<Tokenizer>map(
                            marks -> new StopTokenTokenizer(tokenizer, List.of(marks.close())))
                    .orElse(tokenizer);
            policyLane = lane("policy", words, policyRunner);
            List<Lane> lanes = new ArrayList<>(List.of(policyLane));
            ProcessRewardModel judge = null;
            // Null if it is no other.
            ProcessRewardModel judgeOfAuto = null;
            Lane judgeLane = null;
            if (judging.isPresent()) {
                JudgeModels.Built built = judging.get().build(lanesOf(plan), options, prompt.system());
                judge = built.prm();
                judgeLane = built.lanes().get(0);
                lanes.addAll(built.lanes());
            } else if (needsPrm) {
                SolvePrompt asking = new SolvePrompt(answering, prompt.system());
                OwnJudge own = OwnJudge.of(options.prm(), work, policyLane, policyRunner, asking);
                judge = own.prm();
                judgeOfAuto = own.apart();
            }
            largerLane = larger.map(LargerPolicy::model)
                    .map(use -> lane(
                            "larger policy",
                            new NativeTokenizer(use.model()),
                            policyContext(use, plan.prmCells(), plan.sequences())))
                    .orElse(null);
            if (largerLane != null) {
                lanes.add(largerLane);
            }
            engine = new Engine(lanes);
            open.add(engine);
            EnergyMeter energy = EnergyMeter.start();
            open.add(energy);
            account = new EngineAccount(
                    engine,
                    energy,
                    runners,
                    policyLane,
                    judgeLane,
                    largerLane,
                    placement.work().branches());
            conversations = Conversations.of(engine, policyLane, plan.policyCells() / 2);
            policy = policy(prompt, true, null);
            prm = verified(judge, asked.isJudged());
            prmOfAuto = judgeOfAuto == null ? prm : verified(judgeOfAuto, asked.isJudged());
            prmLane = judgeLane;
            cautions = new Cautions(choice.policy().name(), options.isBase(policyUse), choice.scope(), tokenizer);
            solver = solver(policy, largerPolicy(PromptOptions.NONE));
        } catch (RuntimeException | Error e) {
            open.closeAfter(e);
            throw e;
        }
    }

    /** @param judge null for none */
    private @Nullable ProcessRewardModel verified(@Nullable ProcessRewardModel judge, boolean judged) {
        if (!judged || task.verifiers().isEmpty()) {
            return judge;
        }
        VerifierPrm both =
                new VerifierPrm(task.verifiers(), judge, task.domain().answers(), engine);
        open.add(both);
        return both;
    }

    /** Steps of different lengths fill a batch only where sequences share the cells. */
    private JudgeModels.Lanes lanesOf(MemoryPlan plan) {
        return new JudgeModels.Lanes() {
            @Override
            public ModelRunner runner(Use model, @Nullable DenseHead head) {
                boolean flash = manySamples || !model.model().hasNarrowHeads();
                return context(
                        model,
                        head,
                        ContextOptions.of(plan.prmCells(), plan.sequences()).withFlashAttention(flash));
            }

            @Override
            public Lane lane(String name, Tokenizer tokenizer, ModelRunner runner) {
                return LocalRuntime.this.lane(name, tokenizer, runner);
            }
        };
    }

    private static Policy completing(Policy policy, SolvePrompt prompt) {
        return prompt.template() == ChatTemplate.COMPLETION
                ? new CompletionPolicy(policy, ChatTemplate.NEXT_QUESTION)
                : policy;
    }

    /**
     * @param thinks whether it thinks first, where it can
     * @param conversations that are kept; null for none
     */
    private Policy policy(SolvePrompt prompt, boolean thinks, @Nullable KeptPrompts conversations) {
        Policy answering = completing(new EnginePolicy(engine, policyLane, prompt, conversations), prompt);
        return thinking.filter(marks -> thinks)
                .<Policy>map(marks -> new ThinkingPolicy(
                        answering,
                        policyLane,
                        marks,
                        thinkTokens,
                        options.thinking().waits()))
                .orElse(answering);
    }

    /** Null if there is none. */
    private @Nullable Policy largerPolicy(PromptOptions asked) {
        return largerLane == null
                ? null
                : larger.map(policy -> policy.prompt().with(asked))
                        .map(prompt -> completing(new EnginePolicy(engine, largerLane, prompt), prompt))
                        .orElse(null);
    }

    private Lane lane(String name, Tokenizer tokenizer, ModelRunner runner) {
        Lane lane = new Lane(name, tokenizer, runner);
        open.add(lane);
        return lane;
    }

    /** @param most tokens of a prompt that can be of use; of a longer one not all are counted */
    private static int longestPrompt(SolvePrompt prompt, List<Problem> problems, NativeTokenizer tokenizer, int most) {
        return problems.stream()
                .mapToInt(problem -> Fragment.encode(prompt.render(problem), tokenizer, most).length)
                .max()
                .orElse(0);
    }

    private LlamaModelRunner policyContext(Use use, int cells, int sequences) {
        return context(
                use,
                null,
                ContextOptions.of(cells, sequences)
                        .withUnified(unified)
                        .withFlashAttention(!use.model().hasNarrowHeads()));
    }

    /** Contexts belong to their lanes, and these to the engine. */
    private LlamaModelRunner context(Use use, @Nullable DenseHead head, ContextOptions context) {
        LlamaModelRunner runner = LlamaModelRunner.open(
                use.model(),
                options.resources()
                        .threadsOf(context)
                        .withAttention(options.resources().attentionOrPreferred()),
                head,
                use.adapter());
        runners.add(runner);
        return runner;
    }

    /** @param file null for what is known of the models, see {@link Plans} */
    public AutoPlan plan(@Nullable Path file) {
        return Plans.of(file, choice.policy(), choice.judge(), options.prm());
    }

    /**
     * The search with its plan. A plan that nobody named is looked for where the method has use for it: that reads the
     * models' files for their digests.
     *
     * @throws UsageException if the named plan cannot be used, or is for other models
     */
    public SearchConfig planned(SearchConfig config, SearchMethod method, @Nullable Path file) {
        return file == null && method != SearchMethod.AUTO
                ? config
                : config.toBuilder().plan(plan(file)).build();
    }

    /**
     * Starts counting what a run spends.
     *
     * @throws UsageException if the budget limits the energy and this machine does not say how much it takes
     */
    public Meter meter(Budget budget) {
        return account.meter(budget);
    }

    public Solver solver() {
        return solver;
    }

    /** Solves with another prompt for the policy than its own, and goes on from conversations that are kept. */
    public Solver solver(PromptOptions asked) {
        KeptPrompts kept = conversations == null ? null : conversations.prompts();
        return solver(policy(promptOf(asked), !asked.forbidsThinking(), kept), largerPolicy(asked));
    }

    private Solver solver(Policy asked, @Nullable Policy larger) {
        return new Solver(asked, larger, prm, task.domain().answers())
                .judgingAutoBy(prmOfAuto)
                .warning(cautions::of);
    }

    /** What there is to say of a problem before it is solved. */
    public List<Warning> cautions(Problem problem) {
        return cautions.of(problem);
    }

    private SolvePrompt promptOf(PromptOptions asked) {
        return (asked.forbidsThinking() ? unthinking : prompt).with(asked);
    }

    /**
     * Tokens of the policy's prompt.
     *
     * @param asked of it
     */
    public int promptTokens(Problem problem, PromptOptions asked) {
        return Tokens.fromBeginning(promptOf(asked).render(problem), policyLane.tokenizer(), contextTokens()).length;
    }

    /**
     * Computes a conversation up to where its next turn begins, and keeps it as long as no search needs the room. Returns at
     * once.
     *
     * @param reply to the problem
     */
    public void keep(Problem problem, PromptOptions asked, String reply) {
        if (conversations != null) {
            conversations.keep(promptOf(asked), problem, reply);
        }
    }

    /** Gives up what is being computed for {@link #keep}. */
    public void makeWay() {
        if (conversations != null) {
            conversations.makeWay();
        }
    }

    /** Cells of conversations that are kept. Waits for the step in progress; not to be called on the engine's thread. */
    public int keptCells() {
        return conversations == null ? 0 : conversations.cells();
    }

    /**
     * Returns what the policy expects of a text as it is, without a template, token by token, and behind its end.
     *
     * @param text of which control tokens are read; null for ids
     * @param ids tokens in the place of a text; empty for the text
     * @return a score for each token, and one for the likeliest token behind them
     * @throws UsageException if the text is empty or longer than the context, or an id is no token
     */
    public List<TokenScore> tokenScores(@Nullable String text, List<Integer> ids, Meter meter) {
        return new TextScores(engine, policyLane).of(text, ids, meter);
    }

    /** The policy's vocabulary. */
    public Tokenizer tokenizer() {
        return policyLane.tokenizer();
    }

    /** The policy's own chat template (Jinja); null if its file has none. */
    public @Nullable String chatTemplateText() {
        return chatTemplateText;
    }

    /**
     * Returns how likely the policy finds texts behind prompts.
     *
     * @param asked of the prompts
     */
    public ContinuationScores continuations(PromptOptions asked) {
        return new ContinuationScores(engine, policyLane, unthinking.with(asked));
    }

    /** Tokens that a prompt and a completion can have together. */
    public int contextTokens() {
        return policyLane.maxLength();
    }

    /** Cells in use, by the role of the model. Waits for the step in progress; not to be called on the engine's thread. */
    public Map<String, Integer> liveCells() {
        return CompletableFuture.supplyAsync(
                        () -> prmLane == null
                                ? Map.of("policy", policyLane.liveCells())
                                : Map.of("policy", policyLane.liveCells(), "prm", prmLane.liveCells()),
                        engine)
                .join();
    }

    public Policy policy() {
        return policy;
    }

    /** The policy that {@link SearchMethod#AUTO} turns to where the search leaves doubt; null if there is none. */
    public @Nullable Policy largerPolicy() {
        return largerPolicy(PromptOptions.NONE);
    }

    /** Whether another model judges steps than the one that writes them. */
    public boolean hasJudge() {
        return prmLane != null;
    }

    /** What judges steps; there must be something. */
    public ProcessRewardModel prm() {
        return Objects.requireNonNull(prm);
    }

    /** What judges steps where a method searches; there must be something. */
    public ProcessRewardModel prm(SearchMethod method) {
        return Objects.requireNonNull(method == SearchMethod.AUTO ? prmOfAuto : prm);
    }

    /** The name of the model that judges, or of the policy if that does. */
    public String judgeName() {
        List<LoadedModel> files = models.files();
        return files.stream()
                .filter(model -> model.role().equals("prm"))
                .findFirst()
                .orElse(files.get(0))
                .file()
                .name();
    }

    /** How many problems may be solved at the same time. */
    public int inFlight() {
        return inFlight;
    }

    public List<LoadedModel> models() {
        return models.files();
    }

    /** What ran the search, and how full it kept its batches and its cache. */
    public EngineReport report() {
        return account.report(unified, options.resources().mostThreads());
    }

    /** Why the engine, or the models that it computes with, cannot be relied on; empty if they can. */
    public Optional<String> failure() {
        return models.failure().or(engine::failure);
    }

    /** Ends the decode in progress, if only cancelled runs take part in it, so that they end at once. */
    public void interrupt() {
        engine.interrupt();
    }

    @Override
    public void close() {
        open.close();
    }
}
