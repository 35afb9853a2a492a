package org.espalier.runtime;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.espalier.gguf.GgufHeader;
import org.espalier.model.Parameter;
import org.espalier.model.TokenConfidence.Measure;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;
import org.espalier.prm.GenerativeProfile;
import org.espalier.prm.ImplicitProfile;
import org.espalier.prm.JudgeProfile;
import org.jspecify.annotations.Nullable;

/**
 * What judges steps, and how it is read.
 *
 * @param model a PRM by name or GGUF file; {@value #SELF} for the policy; {@value #NONE} for none; {@value #BASE} for the policy's model with
 *     the adapter; {@value #LIKELIHOOD} and a policy for how likely that one finds the steps; {@value #CONFIDENCE} for how
 *     sure the policy is of its tokens, with a colon and what of that, such as {@code confidence:tail-entropy}; {@value
 *     #JUDGE} for marks that the policy gives its whole replies, with a colon and a model for that one's marks. Null for the
 *     PRM that was made for the policy, else the policy itself, which {@link org.espalier.search.SearchMethod#AUTO} does not
 *     ask: it goes by its confidence
 * @param profile how the PRM is fed and read; null for what its file says or its name tells
 * @param head file of a PRM's head; null for the one beside the model, if there is one
 * @param adapter a LoRA (GGUF) that makes the PRM of the model; null for none
 * @param reference the model that an implicit PRM was trained from; null for none
 * @param samples critiques that a PRM which writes its verdicts writes of each step; null for the profile's
 * @param tokens of such a critique at most; null for the profile's
 */
public record PrmSettings(
        @Nullable String model,
        @Nullable String profile,
        @Nullable Path head,
        @Nullable Path adapter,
        @Nullable String reference,
        @Nullable Integer samples,
        @Nullable Integer tokens) {
    /** The PRM that was made for the policy, else the policy itself. */
    public static final PrmSettings DEFAULT = new PrmSettings(null, null, null, null, null, null, null);

    /** Model that stands for the policy, which judges its own steps. */
    public static final String SELF = "self";

    /** Model that stands for none: verifiers judge alone. */
    public static final String NONE = "none";

    /** Model that stands for the policy's, with the adapter. */
    public static final String BASE = "base";

    /** Prefix of a policy that judges by likelihood. */
    public static final String LIKELIHOOD = "likelihood:";

    /** Model that stands for how sure the policy is of the tokens that it draws. */
    public static final String CONFIDENCE = "confidence";

    /** Model that stands for the policy, which gives its whole replies marks. */
    public static final String JUDGE = "judge";

    /** Prefix of another policy that gives marks. */
    public static final String JUDGE_BY = JUDGE + ":";

    private static final String CONFIDENCE_IN = CONFIDENCE + ":";

    /** What is taken for confidence unless the caller says: with the bundled policy it tells right from wrong best. */
    static final Measure USUAL_MEASURE = Measure.LOWEST_LOGPROB;

    private static final Parameter PROFILE = Parameter.of("prmProfile");

    /** Returns the settings with another model, by name, path or one of the words above. */
    public PrmSettings withModel(@Nullable String name) {
        return new PrmSettings(name, profile, head, adapter, reference, samples, tokens);
    }

    /** Returns the settings with another profile. */
    public PrmSettings withProfile(@Nullable String name) {
        return new PrmSettings(model, name, head, adapter, reference, samples, tokens);
    }

    /** Whether the caller says what judges steps. */
    public boolean isNamed() {
        return model != null;
    }

    /** Whether the PRM is an adapter of the policy's model. */
    boolean isBase() {
        return BASE.equals(model) || (model == null && adapter != null);
    }

    /** Whether the caller says that the policy judges its own steps. */
    public boolean isSelf() {
        return SELF.equals(model);
    }

    /** Whether the caller says that no model judges. */
    public boolean isNone() {
        return NONE.equals(model);
    }

    /** Whether the caller says that the policy's confidence in its tokens takes the place of a PRM. */
    public boolean isConfidence() {
        return CONFIDENCE.equals(model) || (model != null && model.startsWith(CONFIDENCE_IN));
    }

    /** Whether whole replies are given marks, by the policy or by another one. */
    public boolean isMarks() {
        return JUDGE.equals(model) || (model != null && model.startsWith(JUDGE_BY));
    }

    /** Whether the caller names nothing that could read a solution which is there already. */
    public boolean judgesWhatItWrites() {
        return isSelf() || isConfidence() || isNone() || JUDGE.equals(model);
    }

    /** Whether what judges is no PRM, but another policy. */
    boolean isByPolicy() {
        return isLikelihood() || (isMarks() && !JUDGE.equals(model));
    }

    /**
     * What is taken for the policy's confidence.
     *
     * @throws UsageException if there is no such measure
     */
    Measure measure() {
        String name = model != null && model.startsWith(CONFIDENCE_IN) ? model.substring(CONFIDENCE_IN.length()) : "";
        return name.isEmpty() && !CONFIDENCE_IN.equals(model) ? USUAL_MEASURE : measure(name);
    }

    private static Measure measure(String name) {
        return Arrays.stream(Measure.values())
                .filter(measure -> spelled(measure).equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException(List.of(Violation.of(
                        "prm",
                        "%s %s is unknown: choose confidence: and one of %s",
                        CONFIDENCE_IN + name,
                        Arrays.stream(Measure.values())
                                .map(PrmSettings::spelled)
                                .collect(Collectors.joining(", "))))));
    }

    private static String spelled(Measure measure) {
        return measure.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether steps are judged by how likely another policy finds them. */
    public boolean isLikelihood() {
        return model != null && model.startsWith(LIKELIHOOD);
    }

    /**
     * Name or file of the model that judges.
     *
     * @throws NullPointerException if the caller does not say what judges
     */
    String judge() {
        String judge = Objects.requireNonNull(model);
        return isByPolicy() ? judge.substring(judge.indexOf(':') + 1) : judge;
    }

    /** Name of the profile: the caller's, else what the adapter's file says; null if neither does. */
    public @Nullable String profileName() {
        return profile != null || adapter == null
                ? profile
                : GgufHeader.read(adapter).requireComplete().prmProfile().orElse(null);
    }

    /**
     * Returns the profile with what the caller asks of it.
     *
     * @param read null if no PRM judges
     * @throws UsageException if the settings do not fit the profile
     */
    @Nullable
    JudgeProfile fitted(@Nullable JudgeProfile read) {
        boolean implicit = read instanceof ImplicitProfile;
        if (reference != null && !implicit) {
            throw new UsageException(List.of(Violation.of(
                    "prmReference", "%s is for implicit PRMs: name one with %s, or leave it out", PROFILE)));
        }
        if (reference == null && implicit) {
            throw new UsageException(List.of(Violation.of(
                    "prmReference",
                    "PRM profile %2$s compares two models: give the one that the PRM was trained from with %1$s",
                    Objects.requireNonNull(read).name())));
        }
        if (read instanceof GenerativeProfile generative) {
            return generative.with(samples, tokens);
        }
        if (samples != null || tokens != null) {
            throw new UsageException(List.of(Violation.of(
                    "prmSamples",
                    "%s and %s are for PRMs that write their verdicts: name one with %s, or leave them out",
                    Parameter.of("prmTokens"),
                    PROFILE)));
        }
        return read;
    }
}
