package org.espalier.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say which models to run, and how. */
final class ModelOptions {
    @Option(
            names = "--policy",
            paramLabel = "MODEL",
            description = "The model that writes steps: a name from 'espalier models list' or a GGUF file.")
    @Nullable
    String policy;

    @Option(
            names = "--prm",
            paramLabel = "MODEL",
            defaultValue = "self",
            description = "What judges steps: a PRM by name or GGUF file; self: the policy judges its own;"
                    + " likelihood:MODEL: how likely another, larger policy finds them (default: ${DEFAULT-VALUE}).")
    String prm = "self";

    @Option(
            names = "--prm-profile",
            paramLabel = "PROFILE",
            description = "How the PRM is fed and read: math-shepherd, rlhflow or granite-math-prm.")
    @Nullable
    String prmProfile;

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
            description = "The instruction, instead of step by step; '' for none.")
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
            names = "--kv-layout",
            paramLabel = "HOW",
            defaultValue = "auto",
            description =
                    "unified (branches share cells), streams (each has its own), or auto (default: ${DEFAULT-VALUE}).")
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
            description = "For weights, caches and logits together, such as 2g (default: half of this machine's).")
    @Nullable
    Long memory;

    private static final String LIKELIHOOD = "likelihood:";

    /** Whether steps are judged by how likely another policy finds them. */
    boolean isLikelihood() {
        return prm.startsWith(LIKELIHOOD);
    }

    /** The model that judges, by name or file. */
    String prmModel() {
        return isLikelihood() ? prm.substring(LIKELIHOOD.length()) : prm;
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
        STREAMS
    }
}
