package org.espalier.cli;

import java.nio.file.Path;
import org.espalier.model.Attention;
import org.espalier.runtime.KvLayout;
import org.espalier.runtime.PrmSettings;
import org.espalier.runtime.ResourceSettings;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.TemplateChoice;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say which models to run, and how. */
final class ModelOptions extends JudgeOptions {
    @Option(
            names = "--policy",
            paramLabel = "MODEL",
            description = "The model that writes: a name from 'espalier models list' or a GGUF file"
                    + " (default: arith-small).")
    @Nullable
    String policy;

    @Option(
            names = "--prm",
            paramLabel = "MODEL",
            description =
                    "What judges: a PRM by name or GGUF file, self, likelihood:MODEL, confidence, judge or none (default: the"
                            + " policy's own PRM, else self).")
    @Nullable
    String prm;

    @Advanced
    @Option(
            names = "--larger-policy",
            paramLabel = "MODEL",
            description =
                    "A larger model for --method auto, which asks it where the search with the policy leaves doubt, and"
                            + " for ab-mcts, which finds out which of the two is worth more (default: none).")
    @Nullable
    String largerPolicy;

    @Advanced
    @Option(
            names = "--prm-profile",
            paramLabel = "PROFILE",
            description = "How the PRM is fed and read, unless its file or name says so, such as math-shepherd,"
                    + " rlhflow or qwen-math-prm; an unknown one lists all.")
    @Nullable
    String prmProfile;

    @Advanced
    @Option(
            names = "--prm-head",
            paramLabel = "FILE",
            description = "The head of a PRM that has one (default: MODEL.head.gguf beside MODEL.gguf).")
    @Nullable
    Path prmHead;

    @Advanced
    @Option(
            names = "--template",
            paramLabel = "HOW",
            defaultValue = "auto",
            description =
                    "The policy's chat template: auto (the file's own; without one it is prompted as a base model), chatml or none"
                            + " (default: ${DEFAULT-VALUE}).")
    TemplateChoice template = TemplateChoice.AUTO;

    @Advanced
    @Option(
            names = "--system",
            paramLabel = "TEXT",
            description = "The policy's instruction; '' for none (default: its file's, else to go step by step).")
    @Nullable
    String system;

    @Option(names = "--threads", paramLabel = "T", description = "Threads that compute (default: what is quickest).")
    @Nullable
    Integer threads;

    @Advanced
    @Option(
            names = "--gpu-layers",
            paramLabel = "L",
            defaultValue = "-1",
            description =
                    "Layers on the GPU, where the engine was built for one; -1 for all (default: ${DEFAULT-VALUE}).")
    int gpuLayers;

    @Advanced
    @Option(
            names = "--no-mmap",
            description =
                    "Reads model files whole instead of mapping those of more than 64 MiB: they may then be replaced"
                            + " while they are in use.")
    boolean noMmap;

    @Advanced
    @Option(
            names = "--kv-layout",
            paramLabel = "HOW",
            defaultValue = "auto",
            description = "The policy's cache: unified (branches share cells), streams (each has its own), or auto"
                    + " (default: ${DEFAULT-VALUE}).")
    KvLayout kvLayout = KvLayout.AUTO;

    @Advanced
    @Option(
            names = "--attention",
            paramLabel = "HOW",
            description =
                    "On a CPU: tree (cells that branches share are read once for all of them; llama.cpp's own where that"
                            + " cannot be) or stock (llama.cpp's own) (default: $ESPALIER_ATTENTION, else tree).")
    @Nullable
    Attention attention;

    @Advanced
    @Option(
            names = "--context",
            paramLabel = "TOKENS",
            description = "Cells of each model's cache (default: as needed).")
    @Nullable
    Integer context;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = Bytes.class,
            description = "Of the whole process, such as 2g (default: half).")
    @Nullable
    Long memory;

    @Advanced
    @Option(
            names = "--no-load-check",
            description = "Loads models that have never run here without first trying them in a separate process.")
    boolean noLoadCheck;

    /** What the options say, and what holds where they say nothing. */
    RuntimeOptions runtime() {
        return new RuntimeOptions(
                policy, policyAdapter, largerPolicy, template, system, thinking(), prm(), resources());
    }

    private PrmSettings prm() {
        return judge(prm, prmProfile, prmHead);
    }

    private ResourceSettings resources() {
        return new ResourceSettings(threads, gpuLayers, !noMmap, kvLayout, attention, context, memory, !noLoadCheck);
    }
}
