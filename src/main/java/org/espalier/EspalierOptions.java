package org.espalier;

import java.nio.file.Path;
import org.espalier.domain.GradeAnswerReader;
import org.espalier.model.AnswerReader;
import org.espalier.model.Budget;
import org.espalier.model.Policy;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Rules;
import org.espalier.model.UsageException;
import org.espalier.model.Verifier;
import org.espalier.runtime.PrmSettings;
import org.espalier.runtime.RuntimeListener;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.search.EarlyStopping;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.SearchStrategy;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Espalier} is opened with. Immutable: each {@code with} method returns other options and leaves these as
 * they are.
 */
public final class EspalierOptions {
    /** Completions that are decoded at the same time, unless the caller says how many problems are. */
    private static final int USUAL_BRANCHES = 64;

    private static final EspalierOptions DEFAULTS = new EspalierOptions();

    private RuntimeOptions models = RuntimeOptions.DEFAULT;
    private @Nullable Policy ownPolicy;
    private @Nullable ProcessRewardModel ownPrm;
    private @Nullable Verifier verifier;
    private boolean withoutPrm;
    private AnswerReader answerReader = new GradeAnswerReader();
    private SearchMethod method = SearchMethod.AUTO;
    private @Nullable SearchStrategy strategy;
    private @Nullable Integer n;
    private SearchConfig search = SearchConfig.DEFAULT;
    private @Nullable Path plan;
    private Budget budget = Budget.UNLIMITED;
    private @Nullable Integer inFlight;
    private RuntimeListener listener = RuntimeListener.NONE;

    private EspalierOptions() {}

    private EspalierOptions(EspalierOptions other) {
        models = other.models;
        ownPolicy = other.ownPolicy;
        ownPrm = other.ownPrm;
        verifier = other.verifier;
        withoutPrm = other.withoutPrm;
        answerReader = other.answerReader;
        method = other.method;
        strategy = other.strategy;
        n = other.n;
        search = other.search;
        plan = other.plan;
        budget = other.budget;
        inFlight = other.inFlight;
        listener = other.listener;
    }

    /** Changes a copy, which nobody else has seen yet. */
    private interface Change {
        void apply(EspalierOptions copy);
    }

    private EspalierOptions with(Change change) {
        EspalierOptions copy = new EspalierOptions(this);
        change.apply(copy);
        return copy;
    }

    /**
     * Returns what holds unless something else is asked for: the pair of models that comes with Espalier, {@link
     * SearchMethod#AUTO}, no limits, all processors, half of the machine's memory, and silence.
     */
    public static EspalierOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Replaces the model that writes steps. A policy of the catalogue brings the PRM that was made for it, any other one
     * judges its own steps unless a PRM is named.
     *
     * @param model a name in the catalogue ({@code espalier models list}), or the path of a GGUF file
     */
    public EspalierOptions withPolicy(String model) {
        return with(copy -> {
            copy.models = models.withPolicy(model);
            copy.ownPolicy = null;
        });
    }

    /** Replaces the model that writes steps by the caller's own. It needs a PRM or verifier of the caller's own, or none. */
    public EspalierOptions withPolicy(Policy policy) {
        return with(copy -> copy.ownPolicy = policy);
    }

    /**
     * Replaces the model that judges steps.
     *
     * @param model a name in the catalogue, the path of a GGUF file, {@code self} for the policy itself, or {@code
     *     likelihood:MODEL} for how likely another policy finds the steps
     */
    public EspalierOptions withPrm(String model) {
        return withPrm(models.prm().withModel(model));
    }

    /**
     * Replaces the model that judges steps, and says how it is read.
     *
     * @param profile how it is fed and read, such as {@code math-shepherd} or {@code qwen-math-prm}; an unknown one is
     *     refused with the names of all
     */
    public EspalierOptions withPrm(String model, String profile) {
        return withPrm(models.prm().withModel(model).withProfile(profile));
    }

    private EspalierOptions withPrm(PrmSettings settings) {
        return with(copy -> {
            copy.models = models.withPrm(settings);
            copy.ownPrm = null;
            copy.withoutPrm = false;
        });
    }

    /**
     * Replaces the model that judges steps by the caller's own. It is called on the policy's thread; its futures may
     * complete on any.
     */
    public EspalierOptions withPrm(ProcessRewardModel prm) {
        return with(copy -> copy.ownPrm = prm);
    }

    /** Loads no model that judges steps: a verifier does that alone, or the method has none judged. */
    public EspalierOptions withoutPrm() {
        return with(copy -> {
            copy.ownPrm = null;
            copy.withoutPrm = true;
        });
    }

    /** Has steps judged by Java code too: its score is multiplied with the PRM's, if there is one. */
    public EspalierOptions withVerifier(Verifier judge) {
        return with(copy -> copy.verifier = judge);
    }

    /** Replaces what reads a completion's answer, and says which answers vote together. The default reads mathematics. */
    public EspalierOptions withAnswerReader(AnswerReader reader) {
        return with(copy -> copy.answerReader = reader);
    }

    /** Replaces the search method. Each has a number of completions that is usual for it. */
    public EspalierOptions withMethod(SearchMethod algorithm) {
        return with(copy -> {
            copy.method = algorithm;
            copy.strategy = null;
        });
    }

    /**
     * Replaces the search method by an algorithm of the caller's own.
     *
     * @param like the method whose place it takes: says whether steps are judged, how many completions and which vote are
     *     usual, and which settings go together
     */
    public EspalierOptions withStrategy(SearchMethod like, SearchStrategy algorithm) {
        return with(copy -> {
            copy.method = like;
            copy.strategy = algorithm;
        });
    }

    /**
     * Replaces the number of completions to search for.
     *
     * @param completions 1 to {@value SearchConfig#MAX_N}
     * @throws UsageException if it is out of range
     */
    public EspalierOptions withN(int completions) {
        SearchConfig config = search.toBuilder().n(completions).build();
        return with(copy -> {
            copy.n = completions;
            copy.search = config;
        });
    }

    /** Replaces all settings of the search, the number of completions included. */
    public EspalierOptions withSearch(SearchConfig config) {
        return with(copy -> {
            copy.n = config.n();
            copy.search = config;
        });
    }

    /** Replaces the plan of {@link SearchMethod#AUTO} by a file that {@code espalier tune} has written. */
    public EspalierOptions withPlan(Path file) {
        return with(copy -> copy.plan = file);
    }

    /** Replaces what one search may spend: tokens, time, energy. */
    public EspalierOptions withBudget(Budget limits) {
        return with(copy -> copy.budget = limits);
    }

    /**
     * Replaces how many problems are solved at the same time, if the memory is enough for that. By default as many as
     * fill a batch of {@value #USUAL_BRANCHES} completions.
     *
     * @param problems 1 or more
     * @throws UsageException if it is less
     */
    public EspalierOptions withInFlight(int problems) {
        new Rules()
                .require(problems >= 1, "inFlight", "%s must be 1 or more, not %d", problems)
                .check();
        return with(copy -> copy.inFlight = problems);
    }

    /** Decodes with so many threads; without it, with as many as are quickest at each moment, at most one a core. */
    public EspalierOptions withThreads(int threads) {
        return withModels(models.withResources(models.resources().withThreads(threads)));
    }

    /** Replaces the bytes that the whole process may take: Java, weights, caches and buffers. */
    public EspalierOptions withMemory(long bytes) {
        return withModels(models.withResources(models.resources().withMemory(bytes)));
    }

    /** Replaces all that is said of the models and the machine. */
    public EspalierOptions withModels(RuntimeOptions options) {
        return with(copy -> copy.models = options);
    }

    /** Replaces who hears of downloads and warnings while models are opened. */
    public EspalierOptions withListener(RuntimeListener hearer) {
        return with(copy -> copy.listener = hearer);
    }

    /** What is said of the models and the machine. */
    public RuntimeOptions models() {
        return models;
    }

    /** The search method. */
    public SearchMethod method() {
        return method;
    }

    /** The settings of the search, with the number of completions that is usual for the method unless one was given. */
    public SearchConfig search() {
        return n == null || method == SearchMethod.GREEDY
                ? search.toBuilder().n(method.usualN()).build()
                : search;
    }

    /** What one search may spend. */
    public Budget budget() {
        return budget;
    }

    /** Problems to solve at the same time. */
    public int inFlight() {
        return inFlight == null ? Math.max(1, USUAL_BRANCHES / EarlyStopping.atOnce(method, search().n())) : inFlight;
    }

    @Nullable
    Policy ownPolicy() {
        return ownPolicy;
    }

    @Nullable
    ProcessRewardModel ownPrm() {
        return ownPrm;
    }

    /** Whether a model is loaded that judges steps, or the policy's model does. */
    boolean loadsPrm() {
        return !withoutPrm && ownPrm == null && ownPolicy == null;
    }

    @Nullable
    Verifier verifier() {
        return verifier;
    }

    @Nullable
    SearchStrategy strategy() {
        return strategy;
    }

    AnswerReader answerReader() {
        return answerReader;
    }

    @Nullable
    Path plan() {
        return plan;
    }

    RuntimeListener listener() {
        return listener;
    }
}
