package org.espalier.cli;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.espalier.choice.GenerativeChoice;
import org.espalier.choice.GenerativeChoice.Way;
import org.espalier.choice.GenerativeChoice.Writer;
import org.espalier.choice.Knockout;
import org.espalier.model.AnswerReader;
import org.espalier.model.Budget;
import org.espalier.model.Completion;
import org.espalier.model.EspalierException;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Problem;
import org.espalier.model.SamplingParams;
import org.espalier.model.Warning;
import org.espalier.prompt.PromptOptions;
import org.espalier.runtime.LocalRuntime;
import org.espalier.search.Ballot;
import org.espalier.search.ChosenBy;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.espalier.search.Solver;

/** Chooses among the finished replies of a search by having the policy read them. */
final class ReplyChoosing {
    /** In which a policy compares replies and names one. */
    private static final int SELECT_TOKENS = 256;

    private final ReplyChoice way;
    private final boolean quiet;

    /** @param way other than by marks */
    ReplyChoosing(ReplyChoice way, boolean quiet) {
        this.way = way;
        this.quiet = quiet;
    }

    /** Tokens behind a problem that there should be room for: of a completion, or of replies that are read together. */
    static int workTokens(ReplyChoice way, int maxTokens) {
        return (int) Math.min(
                Integer.MAX_VALUE,
                switch (way) {
                    case MARKS -> maxTokens;
                    case KNOCKOUT, GENSELECT -> 2L * maxTokens + SELECT_TOKENS;
                    case GENSYNTHESIS -> 3L * maxTokens;
                });
    }

    /**
     * The solution with the reply that is chosen in the end; says what that took.
     *
     * @param reader of answers
     */
    Solution chosen(LocalRuntime runtime, Solution solution, AnswerReader reader, Budget budget) {
        List<Completion> replies = replies(solution);
        if (replies.size() < 2) {
            return solution;
        }
        Meter meter = runtime.meter(budget);
        Interruption.callOnInterrupt(() -> {
            meter.cancel();
            runtime.interrupt();
        });
        try {
            return way == ReplyChoice.KNOCKOUT
                    ? knockedOut(runtime, solution, replies, meter)
                    : generated(runtime, solution, replies, reader, meter);
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }

    /** Those that were finished, no two the same: first the one that the search has chosen, then the likeliest. */
    private static List<Completion> replies(Solution solution) {
        Map<String, Completion> byText = new LinkedHashMap<>();
        solution.ballots().stream()
                .filter(Ballot::counts)
                .map(Ballot::completion)
                .filter(reply -> !reply.text().isBlank())
                .sorted(Comparator.comparing((Completion reply) -> !reply.equals(solution.selected()))
                        .thenComparing(reply -> -likelihood(reply)))
                .forEach(reply -> byText.putIfAbsent(reply.text().strip(), reply));
        return List.copyOf(byText.values());
    }

    private static double likelihood(Completion reply) {
        return reply.tokens() == 0 ? Double.NEGATIVE_INFINITY : reply.logProb() / reply.tokens();
    }

    private Solution knockedOut(LocalRuntime runtime, Solution solution, List<Completion> replies, Meter meter) {
        Knockout.Result result = Futures.await(
                new Knockout(runtime.continuations(PromptOptions.NONE)::of)
                        .start(solution.problem().text(), texts(replies), meter),
                meter::cancel);
        say(String.format(
                Locale.ROOT,
                "%d comparisons in both orders; the first place got %.0f %%, whatever stood there",
                result.comparisons(),
                100 * result.firstPlace()));
        return solution.choosing(replies.get(result.winner()), ChosenBy.COMPARISON);
    }

    private static List<String> texts(List<Completion> replies) {
        return replies.stream().map(Completion::text).toList();
    }

    private Solution generated(
            LocalRuntime runtime, Solution solution, List<Completion> replies, AnswerReader reader, Meter meter) {
        Way asked = way.generative();
        boolean selects = asked == Way.GENSELECT;
        // Who only compares is not told to solve in steps.
        PromptOptions prompt = selects ? PromptOptions.instructed("") : PromptOptions.NONE;
        String question = solution.problem().text();
        int room = runtime.contextTokens() - rest(runtime, GenerativeChoice.prompt(asked, question, List.of()), prompt);
        int written = Math.min(selects ? SELECT_TOKENS : solution.config().maxTokens(), room / 2);
        GenerativeChoice choice = new GenerativeChoice(
                asked,
                writer(runtime.solver(prompt).reading(reader), solution.config(), Math.max(1, written)),
                text -> runtime.tokenizer().encode(text, false).length,
                room - written);
        if (!choice.hasRoom()) {
            return solution.warning(new Warning(
                    Warning.NOT_CHOSEN,
                    way.cliName() + ": the context has no room for two replies, so that the reply is the one that was"
                            + " chosen without it; give it more with --context"));
        }
        GenerativeChoice.Result result = Futures.await(
                choice.start(question, texts(replies), solution.config().seed(), meter), meter::cancel);
        say("%s read %d prompts (%d tokens) and wrote %d tokens%s"
                .formatted(
                        way.cliName(),
                        result.prompts(),
                        meter.get(Count.PROMPT_TOKENS),
                        meter.get(Count.POLICY_TOKENS),
                        result.cut() == 0 ? "" : "; replies that were too long for the context were shortened"));
        return warned(decided(solution, replies, result), result);
    }

    /** What nothing could be read of has decided nothing. */
    private Solution decided(Solution solution, List<Completion> replies, GenerativeChoice.Result result) {
        Completion merged = result.merged();
        if (merged != null) {
            return solution.choosing(merged, ChosenBy.SYNTHESIS);
        }
        return way == ReplyChoice.GENSELECT && result.unread() < result.prompts()
                ? solution.choosing(replies.get(result.winner()), ChosenBy.SELECTION)
                : solution;
    }

    private Solution warned(Solution solution, GenerativeChoice.Result result) {
        if (result.unread() == 0) {
            return solution;
        }
        return solution.warning(new Warning(
                Warning.NOT_CHOSEN,
                "%s: to %d of %d prompts the policy wrote %s; %s"
                        .formatted(
                                way.cliName(),
                                result.unread(),
                                result.prompts(),
                                way == ReplyChoice.GENSELECT ? "no valid number" : "no reply that it finished",
                                result.unread() == result.prompts()
                                        ? "the reply is the one that was chosen without it"
                                        : "the likeliest of their replies went on")));
    }

    /** Tokens of a prompt without replies; all that there are if even that does not fit. */
    private static int rest(LocalRuntime runtime, Problem prompt, PromptOptions asked) {
        try {
            return runtime.promptTokens(prompt, asked);
        } catch (EspalierException e) {
            return runtime.contextTokens();
        }
    }

    private static Writer writer(Solver solver, SearchConfig from, int tokens) {
        SearchConfig config = SearchConfig.builder()
                .n(1)
                .beamWidth(1)
                .sampling(SamplingParams.GREEDY)
                .maxTokens(tokens)
                .delimiter(from.delimiter())
                .seed(from.seed())
                .build();
        return (problem, meter) -> solver.start(problem, SearchMethod.GREEDY, config, meter)
                .thenApply(written -> Optional.ofNullable(written.selected()).filter(Completion::finished));
    }

    private void say(String line) {
        if (!quiet) {
            System.err.println("espalier: " + line);
        }
    }
}
