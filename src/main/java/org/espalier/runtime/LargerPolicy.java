package org.espalier.runtime;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.engine.MemoryPlan.ModelShape;
import org.espalier.model.FetchListener;
import org.espalier.model.Internal;
import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;
import org.espalier.prompt.SolvePrompt;
import org.espalier.runtime.LoadedModels.Use;
import org.espalier.search.SearchMethod;

/**
 * The policy that {@link SearchMethod#AUTO} turns to where the search with the first one leaves doubt, and that
 * {@link SearchMethod#AB_MCTS} has as a second arm. It does not think before it answers: its steps are judged.
 */
@Internal
public record LargerPolicy(Use model, SolvePrompt prompt) {
    /** @throws UsageException if it is named, and none of the methods has use for it */
    public static void requireUse(RuntimeOptions options, Collection<SearchMethod> methods) {
        if (options.largerPolicy() != null && methods.stream().noneMatch(SearchMethod::asksLarger)) {
            throw new UsageException(List.of(Violation.of(
                    "largerPolicy",
                    "%s is for %s: leave it out, or name the model with %s",
                    Parameter.of("method").with("auto or ab-mcts"),
                    Parameter.of("policy"))));
        }
    }

    /** Its file, which is fetched if it is not here; empty if none is named, or the work has no use for it. */
    static Optional<ModelFile> file(RuntimeOptions options, Workload work, FetchListener fetches) {
        return options.largerPolicy() == null || work.methods().stream().noneMatch(SearchMethod::asksLarger)
                ? Optional.empty()
                : Optional.of(ModelStore.open().resolve(options.largerPolicy(), fetches));
    }

    static LargerPolicy load(ModelFile file, RuntimeOptions options, LoadedModels models) {
        Use model = models.load("largerPolicy", file, null, false);
        return new LargerPolicy(model, options.answeringPromptOf(model));
    }

    ModelShape shape() {
        return model.shape(0);
    }
}
