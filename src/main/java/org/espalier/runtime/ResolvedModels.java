package org.espalier.runtime;

import java.util.Optional;
import org.espalier.catalog.CatalogEntry;
import org.espalier.catalog.CatalogEntry.Role;
import org.espalier.catalog.CatalogEntry.Scope;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.domain.Domain;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;
import org.espalier.model.Internal;
import org.espalier.model.UsageException;
import org.espalier.prm.DenseHead;
import org.espalier.prm.JudgeProfile;
import org.espalier.prm.JudgeProfiles;
import org.jspecify.annotations.Nullable;

/**
 * Which models take part, and how the one that judges is read: what the options name, else what the catalogue pairs, and
 * what the files say of themselves.
 *
 * @param policy writes steps
 * @param judge judges them; null if nothing is judged or the policy judges itself
 * @param profile how the judge is read if it is a PRM; null if it is another policy, which judges by likelihood or gives marks
 * @param head that the profile reads; null if it reads none
 */
@Internal
public record ResolvedModels(
        ModelFile policy,
        @Nullable ModelFile judge,
        @Nullable JudgeProfile profile,
        @Nullable DenseHead head) {
    private ResolvedModels(ModelFile policy, @Nullable ModelFile judge, @Nullable JudgeProfile profile) {
        this(policy, judge, profile, null);
    }

    /**
     * Chooses, and fetches what is not here.
     *
     * @param judging whether steps are to be judged
     * @throws UsageException if a name is not known, or nothing says how the PRM is read
     * @throws EspalierException if a model cannot be had, or its file asks for a profile that is not known
     */
    public static ResolvedModels of(RuntimeOptions options, boolean judging, ModelStore store, FetchListener fetches) {
        String policy = policyName(options, store);
        String judge = judging ? judgeName(options, policy, store) : null;
        boolean prm = judge != null && !options.prm().isByPolicy();
        String name = judge != null && prm ? profileName(options, judge, store) : null;
        JudgeProfile named = name == null ? null : JudgeProfiles.named(name);
        if (judging && options.prm().isConfidence()) {
            options.prm().measure();
        }
        if (judging && (named != null || !prm)) {
            options.prm().fitted(named);
        }
        if (judge == null) {
            return new ResolvedModels(store.resolve(policy, fetches), null, null);
        }
        if (prm && named == null && isNoPrm(judge, store)) {
            throw ResolvedPrm.needed(judge);
        }
        ModelFile policyFile = store.resolve(policy, fetches);
        ModelFile judgeFile = store.resolve(judge, fetches);
        if (!prm) {
            return new ResolvedModels(policyFile, judgeFile, null);
        }
        ResolvedPrm read = ResolvedPrm.of(judge, judgeFile, named, options.prm().head());
        return new ResolvedModels(policyFile, judgeFile, options.prm().fitted(read.profile()), read.head());
    }

    /** What the options name, else what the catalogue has for the model; null if neither does. */
    private static @Nullable String profileName(RuntimeOptions options, String judge, ModelStore store) {
        return Optional.ofNullable(options.prm().profileName())
                .or(() -> store.catalog().find(judge).flatMap(CatalogEntry::profile))
                .orElse(null);
    }

    /** The problems that the policy was made for, where the catalogue says so. */
    Optional<Scope> scope() {
        return ModelStore.open().catalog().find(policy.name()).flatMap(CatalogEntry::scope);
    }

    /** What somebody who did not choose the policy should know about it, as a sentence; empty if it was chosen. */
    public static Optional<String> caution(RuntimeOptions options, ModelStore store) {
        CatalogEntry policy = store.catalog().defaultPolicy();
        return options.policy() == null
                ? policy.caution().map(caution -> policy.name() + " " + caution)
                : Optional.empty();
    }

    /** Whether the catalogue says that the policy was made for the problems of a domain. */
    static boolean isMadeFor(Domain domain, RuntimeOptions options, ModelStore store) {
        return policyEntry(options, store)
                .filter(entry -> entry.isMadeFor(domain.name()))
                .isPresent();
    }

    /** Whether the catalogue has a PRM that was made for the policy. */
    static boolean hasOwnPrm(RuntimeOptions options, ModelStore store) {
        return policyEntry(options, store).flatMap(store.catalog()::companion).isPresent();
    }

    private static Optional<CatalogEntry> policyEntry(RuntimeOptions options, ModelStore store) {
        return store.catalog().find(policyName(options, store));
    }

    private static String policyName(RuntimeOptions options, ModelStore store) {
        return options.policy() == null ? store.catalog().defaultPolicy().name() : options.policy();
    }

    /** Null if the policy judges itself, or no model does. */
    private static @Nullable String judgeName(RuntimeOptions options, String policy, ModelStore store) {
        if (options.prm().isBase()) {
            return policy;
        }
        if (options.prm().isNamed()) {
            return options.prm().judgesWhatItWrites() ? null : options.prm().judge();
        }
        return store.catalog()
                .find(policy)
                .flatMap(store.catalog()::companion)
                .map(CatalogEntry::name)
                .orElse(null);
    }

    /** Whether the catalogue says that a model that is not here is none, so that it need not be fetched to see that. */
    private static boolean isNoPrm(String name, ModelStore store) {
        return store.catalog()
                .find(name)
                .filter(entry -> entry.role() != Role.PRM && !store.isPresent(entry))
                .isPresent();
    }
}
