package org.espalier.runtime;

import java.util.List;
import java.util.stream.Stream;
import org.espalier.catalog.ModelStore;
import org.espalier.domain.Domain;
import org.espalier.model.Internal;
import org.espalier.model.Verifier;
import org.jspecify.annotations.Nullable;

/**
 * What a runtime's models are to solve, and who judges it beside them.
 *
 * @param verifiers who judge; those of the caller's own are closed by the caller, after the runtime
 */
@Internal
public record Task(Domain domain, List<Verifier> verifiers) {
    /** Mathematics, judged by models alone. */
    public static final Task USUAL = new Task(Domain.MATH, List.of());

    public Task {
        verifiers = List.copyOf(verifiers);
    }

    /**
     * Problems of a domain, judged by its verifiers.
     *
     * @param own verifier of the caller's, who judges as well; null for none
     */
    public static Task of(Domain domain, @Nullable Verifier own) {
        return of(domain, true, own);
    }

    /** @param checked whether the domain's verifiers judge as well */
    public static Task of(Domain domain, boolean checked, @Nullable Verifier own) {
        List<Verifier> checking = checked ? domain.verifiers() : List.of();
        return new Task(
                domain, Stream.concat(checking.stream(), Stream.ofNullable(own)).toList());
    }

    /**
     * The models as this is put to them: with the domain's instruction unless another one is given or the policy was made for
     * this domain and needs none, and without what would judge for want of anything better. That is the policy itself where
     * there is a verifier, and the policy's PRM where the domain has a verifier of its own.
     */
    public RuntimeOptions fitted(RuntimeOptions options, ModelStore store) {
        String instruction = domain.instruction();
        boolean untold = options.system() == null && !ResolvedModels.isMadeFor(domain, options, store);
        RuntimeOptions told = untold && instruction != null ? options.withSystem(instruction) : options;
        PrmSettings prm = told.prm();
        if (prm.isNamed() || prm.isBase() || verifiers.isEmpty()) {
            return told;
        }
        boolean made = domain.verifiers().isEmpty() && ResolvedModels.hasOwnPrm(told, store);
        return made ? told : told.withPrm(prm.withModel(PrmSettings.NONE));
    }
}
