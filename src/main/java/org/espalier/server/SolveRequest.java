package org.espalier.server;

import java.util.List;
import org.espalier.code.CodeOptions;
import org.espalier.code.Language;
import org.espalier.code.TestSuite;
import org.espalier.model.Budget;
import org.espalier.model.Problem;
import org.espalier.prompt.PromptOptions;
import org.espalier.search.AutoPlan;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for, checked.
 *
 * @param model as the client calls it
 * @param search what is searched for
 * @param streaming how the answer comes
 * @param kept whether the history keeps it
 * @param user of the client that asks; empty for nobody in particular
 * @param ignored fields that change nothing here, in the request's order
 * @param logprobs likeliest tokens that are told with each token of the text; negative if tokens are not told
 */
record SolveRequest(
        String model,
        Search search,
        Streaming streaming,
        boolean kept,
        String user,
        List<String> ignored,
        int logprobs) {

    /** Whether the tokens of the text are told. */
    boolean tellsTokens() {
        return logprobs >= 0;
    }

    /** The same where other fields are ignored. */
    SolveRequest withIgnored(List<String> others) {
        return new SolveRequest(model, search, streaming, kept, user, others, logprobs);
    }

    /**
     * How an answer comes.
     *
     * @param on whether it comes in pieces; the others say nothing otherwise
     * @param usage whether a stream says what was spent
     * @param events whether a stream tells how the search goes
     * @param drafts whether it also tells what steps say before they are complete
     * @param progress whether it tells people how the search goes
     */
    record Streaming(boolean on, boolean usage, boolean events, boolean drafts, boolean progress) {
        /** All at once. */
        static final Streaming NONE = new Streaming(false, false, false, false, false);
    }

    /**
     * A search.
     *
     * @param prompt what the policy is told beside the conversation
     * @param choices completions that the answer lists, at most
     * @param program what is asked for where the answer is a program; null where it is none
     */
    record Search(
            Problem problem,
            PromptOptions prompt,
            SearchMethod method,
            SearchConfig config,
            Budget budget,
            int choices,
            @Nullable Program program) {
        /** The same with what auto does. */
        Search planned(AutoPlan plan) {
            return new Search(
                    problem, prompt, method, config.toBuilder().plan(plan).build(), budget, choices, program);
        }
    }

    /**
     * A program that is asked for.
     *
     * @param tests null to take the examples that the problem's text has
     * @param options how it is drawn and chosen
     */
    record Program(Language language, @Nullable TestSuite tests, CodeOptions options) {}
}
