package org.espalier.cli;

import java.nio.file.Path;
import java.util.Objects;
import org.espalier.gguf.GgufHeader;
import org.espalier.model.UsageException;
import org.espalier.prm.GenerativeProfile;
import org.espalier.prm.ImplicitProfile;
import org.espalier.prm.JudgeProfile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for PRMs that are more than a file that is read: adapters of a loaded model, writers of verdicts, pairs. */
final class JudgeOptions {
    @Option(
            names = "--policy-adapter",
            paramLabel = "FILE",
            description = "A LoRA (GGUF) that makes the policy of the model that --policy names.")
    @Nullable
    Path policyAdapter;

    @Option(
            names = "--prm-adapter",
            paramLabel = "FILE",
            description = "A LoRA (GGUF) that makes the PRM of the model that --prm names; --prm base, the default with"
                    + " an adapter, is the policy's, which is then loaded once for both.")
    @Nullable
    Path prmAdapter;

    @Option(
            names = "--prm-reference",
            paramLabel = "MODEL",
            description = "The model that an implicit PRM (eurus-prm, implicit-prm) was trained from.")
    @Nullable
    String prmReference;

    @Option(
            names = "--prm-samples",
            paramLabel = "K",
            description = "Critiques that a PRM which writes its verdicts (thinkprm, genprm, r-prm) writes of each step"
                    + " (default: the profile's).")
    @Nullable
    Integer prmSamples;

    @Option(
            names = "--prm-tokens",
            paramLabel = "T",
            description = "Tokens of such a critique at most (default: the profile's).")
    @Nullable
    Integer prmTokens;

    /**
     * The profile's name: the caller's, else what the adapter's file says.
     *
     * @param named by the caller
     */
    @Nullable
    String profileName(@Nullable String named) {
        return named != null || prmAdapter == null
                ? named
                : GgufHeader.read(prmAdapter).requireComplete().prmProfile().orElse(null);
    }

    /**
     * The profile with what the caller asks of it.
     *
     * @param profile null if no PRM judges
     * @throws UsageException if the options do not fit the profile
     */
    @Nullable
    JudgeProfile fitted(@Nullable JudgeProfile profile) {
        boolean implicit = profile instanceof ImplicitProfile;
        if (prmReference != null && !implicit) {
            throw new UsageException(
                    "--prm-reference is for implicit PRMs: name one with --prm-profile, or leave it away");
        }
        if (prmReference == null && implicit) {
            throw new UsageException(
                    "PRM profile " + Objects.requireNonNull(profile).name()
                            + " compares two models: give the one that the PRM was trained from with --prm-reference");
        }
        if (profile instanceof GenerativeProfile generative) {
            return generative.with(prmSamples, prmTokens);
        }
        if (prmSamples != null || prmTokens != null) {
            throw new UsageException(
                    "--prm-samples and --prm-tokens are for PRMs that write their verdicts: name one with "
                            + "--prm-profile, or leave them away");
        }
        return profile;
    }
}
