package org.espalier.cli;

import java.nio.file.Path;
import org.espalier.runtime.PrmSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for PRMs that are more than a file that is read: adapters of a loaded model, writers of verdicts, pairs. */
@Advanced
class JudgeOptions extends ThinkingOptions {
    @Option(
            names = "--policy-adapter",
            order = 1,
            paramLabel = "FILE",
            description = "A LoRA (GGUF) that makes the policy of the model that --policy names.")
    @Nullable
    Path policyAdapter;

    @Option(
            names = "--prm-adapter",
            order = 1,
            paramLabel = "FILE",
            description = "A LoRA (GGUF) that makes the PRM of the model that --prm names; --prm base, the default with"
                    + " an adapter, is the policy's, which is then loaded once for both.")
    @Nullable
    Path prmAdapter;

    @Option(
            names = "--prm-reference",
            order = 1,
            paramLabel = "MODEL",
            description = "The model that an implicit PRM (eurus-prm, implicit-prm) was trained from.")
    @Nullable
    String prmReference;

    @Option(
            names = "--prm-samples",
            order = 1,
            paramLabel = "K",
            description = "Critiques that a PRM which writes its verdicts (thinkprm, genprm, r-prm) writes of each step"
                    + " (default: the profile's).")
    @Nullable
    Integer prmSamples;

    @Option(
            names = "--prm-tokens",
            order = 1,
            paramLabel = "T",
            description = "Tokens of such a critique at most (default: the profile's).")
    @Nullable
    Integer prmTokens;

    PrmSettings judge(@Nullable String model, @Nullable String profile, @Nullable Path head) {
        return new PrmSettings(model, profile, head, prmAdapter, prmReference, prmSamples, prmTokens);
    }
}
