package org.espalier.cli;

import java.util.List;
import java.util.Locale;
import org.espalier.choice.Knockout;
import org.espalier.model.Budget;
import org.espalier.model.Completion;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.prompt.PromptOptions;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.PrmSettings;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.search.Ballot;
import org.espalier.search.ChosenBy;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;

/** Chooses among replies that nothing checks: by a judge's marks, or by comparing them two by two. */
final class TextSolving {
    /** Replies unless the user says how many. */
    private static final int USUAL_N = 8;

    private final boolean knockout;
    private final boolean quiet;

    /** @param knockout whether replies are compared; otherwise the search has them judged */
    TextSolving(boolean knockout, boolean quiet) {
        this.knockout = knockout;
        this.quiet = quiet;
    }

    /** The models, without an instruction to solve in steps, and judged by the policy, where the user says nothing else. */
    static RuntimeOptions models(RuntimeOptions asked) {
        RuntimeOptions named = ChoiceSolving.models(asked);
        RuntimeOptions told = named.system() == null ? named.withSystem("") : named;
        return told.prm().isNamed() ? told : told.withPrm(told.prm().withModel(PrmSettings.JUDGE));
    }

    /** The method; auto stands for whole replies. */
    SearchMethod method(SearchMethod asked) {
        SearchMethod usual = knockout ? SearchMethod.MAJORITY : SearchMethod.BEST_OF_N;
        return asked == SearchMethod.AUTO ? usual : asked;
    }

    /** The search where the user does not say how many replies there are to be. */
    SearchConfig usual(SearchConfig asked) {
        return asked.toBuilder().n(USUAL_N).build();
    }

    /** The solution with the reply that is chosen in the end; says what the model has for the place where a reply stands. */
    Solution chosen(LocalRuntime runtime, Solution solution, Budget budget) {
        List<Completion> replies = solution.ballots().stream()
                .filter(Ballot::counts)
                .map(Ballot::completion)
                .filter(reply -> !reply.text().isBlank())
                .toList();
        if (!knockout || replies.size() < 2) {
            return solution;
        }
        Meter meter = runtime.meter(budget);
        Interruption.callOnInterrupt(() -> {
            meter.cancel();
            runtime.interrupt();
        });
        try {
            Knockout.Result result = Futures.await(
                    new Knockout(runtime.continuations(PromptOptions.NONE)::of)
                            .start(
                                    solution.problem().text(),
                                    replies.stream().map(Completion::text).toList(),
                                    meter),
                    meter::cancel);
            if (!quiet) {
                System.err.printf(
                        Locale.ROOT,
                        "espalier: %d comparisons in both orders; the first place got %.0f %%, whatever stood there%n",
                        result.comparisons(),
                        100 * result.firstPlace());
            }
            return solution.choosing(replies.get(result.winner()), ChosenBy.COMPARISON);
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }
}
