package org.espalier.cli;

import java.util.Optional;
import org.espalier.model.AnswerReader;
import org.espalier.model.Budget;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.PrmSettings;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;

/** Chooses among replies that nothing checks: by a judge's marks, or by having the policy read them together. */
final class TextSolving {
    /** A text has no short answer. */
    static final AnswerReader NO_ANSWERS = reply -> Optional.empty();

    /** Replies unless the user says how many. */
    private static final int USUAL_N = 8;

    private final ReplyChoice way;
    private final boolean quiet;

    TextSolving(ReplyChoice way, boolean quiet) {
        this.way = way;
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
        SearchMethod usual = way == ReplyChoice.MARKS ? SearchMethod.BEST_OF_N : SearchMethod.MAJORITY;
        return asked == SearchMethod.AUTO ? usual : asked;
    }

    /** The search where the user does not say how many replies there are to be. */
    SearchConfig usual(SearchConfig asked) {
        return asked.toBuilder().n(USUAL_N).build();
    }

    /** The solution with the reply that is chosen in the end. */
    Solution chosen(LocalRuntime runtime, Solution solution, Budget budget) {
        return way == ReplyChoice.MARKS
                ? solution
                : new ReplyChoosing(way, quiet).chosen(runtime, solution, NO_ANSWERS, budget);
    }
}
