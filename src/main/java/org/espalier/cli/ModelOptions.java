package org.espalier.cli;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.espalier.cli.LoadedModels.Use;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.SolvePrompt;
import org.espalier.prompt.Thinking;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Options that say which models to run, and how. */
final class ModelOptions {
    @Option(
            names = "--policy",
            paramLabel = "MODEL",
            description = "The model that writes steps: a name from 'espalier models list' or a GGUF file"
                    + " (default: arith-small, which comes with Espalier).")
    @Nullable
    String policy;

    @Option(
            names = "--prm",
            paramLabel = "MODEL",
            description = "What judges steps: a PRM by name or GGUF file; self: the policy judges its own;"
                    + " likelihood:MODEL: how likely another, larger policy finds them, as a mean over each step's tokens (default: the PRM that was made"
                    + " for a policy of the list, else self).")
    @Nullable
    String prm;

    @Option(
            names = "--larger-policy",
            paramLabel = "MODEL",
            description =
                    "A larger model for --method auto, which asks it where the search with the policy leaves doubt"
                            + " (default: none).")
    @Nullable
    String largerPolicy;

    @Option(
            names = "--prm-profile",
            paramLabel = "PROFILE",
            description =
                    "How the PRM is fed and read, unless its file says so or its name tells, such as math-shepherd,"
                            + " rlhflow or qwen-math-prm; an unknown one lists all.")
    @Nullable
    String prmProfile;

    @Option(
            names = "--prm-head",
            paramLabel = "FILE",
            description = "The head of a PRM that has one (default: MODEL.head.gguf beside MODEL.gguf).")
    @Nullable
    Path prmHead;

    @Option(
            names = "--template",
            paramLabel = "HOW",
            defaultValue = "auto",
            description =
                    "The policy's chat template: auto (the file's own, else ChatML), chatml or none for base models"
                            + " (default: ${DEFAULT-VALUE}).")
    TemplateChoice template = TemplateChoice.AUTO;

    @Option(
            names = "--system",
            paramLabel = "TEXT",
            description = "The policy's instruction; '' for none (default: the one that its file names, else to go step"
                    + " by step).")
    @Nullable
    String system;

    @Option(names = "--threads", paramLabel = "T", description = "Threads (default: one a processor).")
    @Nullable
    Integer threads;

    @Option(
            names = "--gpu-layers",
            paramLabel = "L",
            defaultValue = "-1",
            description =
                    "Layers on the GPU, where the engine was built for one; -1 for all (default: ${DEFAULT-VALUE}).")
    int gpuLayers;

    @Option(
            names = "--no-mmap",
            description =
                    "Reads model files whole instead of mapping those of more than 64 MiB: they may then be replaced"
                            + " while they are in use.")
    boolean noMmap;

    @Option(
            names = "--kv-layout",
            paramLabel = "HOW",
            defaultValue = "auto",
            description = "The policy's cache: unified (branches share cells), streams (each has its own), or auto"
                    + " (default: ${DEFAULT-VALUE}).")
    KvLayout kvLayout = KvLayout.AUTO;

    @Option(
            names = "--context",
            paramLabel = "TOKENS",
            description = "Cells of each model's cache, instead of what the search needs.")
    @Nullable
    Integer context;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = Bytes.class,
            description =
                    "For all that the process takes, such as 2g: Java, weights, caches and buffers; where the layers are"
                            + " on a GPU, for weights, caches and logits there (default: half of this machine's for weights,"
                            + " caches and logits, or nine tenths of what the GPU has free).")
    @Nullable
    Long memory;

    @Option(
            names = "--no-load-check",
            description = "Load models at once that never ran here, without a trial in a process of its own.")
    boolean noLoadCheck;

    @ArgGroup(validate = false)
    JudgeOptions judging = new JudgeOptions();

    @ArgGroup(validate = false)
    ThinkingOptions thinking = new ThinkingOptions();

    private static final String SELF = "self";
    private static final String BASE = "base";
    private static final String LIKELIHOOD = "likelihood:";

    int threads() {
        return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /** What each file has to pass before it is loaded. */
    LoadCheck loadCheck() {
        return LoadCheck.of(!noLoadCheck, gpuLayers, threads());
    }

    /** What {@code --prm} is called if a policy judges by likelihood. */
    static String likelihood(String policy) {
        return LIKELIHOOD + policy;
    }

    /** Whether the caller says what judges steps. */
    boolean namesPrm() {
        return prm != null;
    }

    /** Whether the PRM is an adapter of the policy's model. */
    boolean isBase() {
        return BASE.equals(prm) || (prm == null && judging.prmAdapter != null);
    }

    /** The PRM's profile, if the caller or the PRM's adapter names one. */
    @Nullable
    String profileName() {
        return judging.profileName(prmProfile);
    }

    /** Whether the caller says that the policy judges its own steps. */
    boolean isSelf() {
        return SELF.equals(prm);
    }

    /** Whether steps are judged by how likely another policy finds them. */
    boolean isLikelihood() {
        return prm != null && prm.startsWith(LIKELIHOOD);
    }

    /**
     * The model that judges, by name or file.
     *
     * @throws NullPointerException if the caller does not say what judges
     */
    String prmModel() {
        String judge = Objects.requireNonNull(prm);
        return isLikelihood() ? judge.substring(LIKELIHOOD.length()) : judge;
    }

    /** How a policy thinks before it answers; empty if it does not, or the template is not its own. */
    Optional<Thinking> thinkingOf(Use policy) {
        return template == TemplateChoice.AUTO ? Thinking.of(policy.model().chatTemplateText()) : Optional.empty();
    }

    /** The chat template by which a policy answers at once. */
    ChatTemplate answeringTemplateOf(Use policy) {
        ChatTemplate plain = templateOf(policy);
        return thinkingOf(policy).map(marks -> marks.off(plain)).orElse(plain);
    }

    /** The chat template of a policy. */
    ChatTemplate templateOf(Use policy) {
        return switch (template) {
            case AUTO -> policy.template();
            case CHATML -> ChatTemplate.CHATML;
            case NONE -> ChatTemplate.PLAIN;
        };
    }

    /** @param own the instruction that the policy was trained with; null if its file does not say */
    String systemOfPolicy(@Nullable String own) {
        return firstOf(system, own);
    }

    /**
     * A judge that was trained with an instruction of its own is not given the policy's.
     *
     * @param own the instruction that the judge was trained with; null if its file does not say
     */
    String systemOfJudge(@Nullable String own) {
        return firstOf(own, system);
    }

    private static String firstOf(@Nullable String one, @Nullable String other) {
        return Objects.requireNonNullElse(one == null ? other : one, SolvePrompt.STEP_BY_STEP);
    }

    /** How a policy's chat template is found. */
    enum TemplateChoice {
        AUTO,
        CHATML,
        NONE
    }

    /** How cells are laid out. */
    enum KvLayout {
        AUTO,
        UNIFIED,
        STREAMS;

        /**
         * Measured with SmolLM2-135M on two cores, behind a prefix of 100 tokens: with 32 tokens of its own for each branch
         * streams have 0.90 of unified's speed at 32 branches and 1.23 at 64, with 128 tokens 0.94 at 16 branches and 1.09 at
         * 32.
         */
        private static final int STREAMS_FROM = 64;

        private static final int STREAMS_FROM_IF_LONG = 32;
        private static final int LONG = 64;

        /**
         * Whether all sequences share the cells. Streams decode faster where many branches go on for long, because a query
         * attends to its own cells alone; forking copies a whole stream, so a tree search with a fork at every step is
         * better off with shared cells.
         *
         * @param branches that decode at the same time
         * @param tokens that each of them may have of its own
         */
        boolean isUnified(boolean forksOften, int branches, int tokens) {
            int streamsFrom = tokens < LONG ? STREAMS_FROM : STREAMS_FROM_IF_LONG;
            return this == UNIFIED || (this == AUTO && (forksOften || branches < streamsFrom));
        }
    }
}
