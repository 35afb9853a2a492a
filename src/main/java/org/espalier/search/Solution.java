package org.espalier.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.espalier.model.Limit;
import org.espalier.model.Problem;
import org.espalier.model.ReplyForm;
import org.espalier.model.Warning;
import org.jspecify.annotations.Nullable;

/**
 * What a search found, and what it cost.
 *
 * @param selected the completion that stands for the answer, or is the best reply where there is no short one; null if
 *     nothing was written
 * @param answer that the completions chose; null if none of them has one that can be voted on
 * @param fields how the replies voted on each part where they are voted on in parts, as {@link ReplyForm#merge} says; the
 *     selected completion then has what they say together, and the scores of the one that it was taken from. Empty otherwise
 * @param ballots the completions and how they vote, in the order of the algorithm
 * @param votes by answer, the strongest first; empty if no finished completion has an answer
 * @param agreement share of the winning vote, 0 to 1: of the weights if they decided, else of the completions; 0 without
 *     votes
 * @param chosenBy what decided about the completion; null if nothing was written
 * @param confidence how much speaks for it
 * @param warnings what whoever reads the answer should know of it
 * @param stoppedBy the limit that ended the search before it was done; null if it was done
 * @param settled whether it ended before it had n completions because more would hardly have changed the answer
 * @param tree everything that was written
 */
public record Solution(
        Problem problem,
        SearchMethod method,
        SearchConfig config,
        @Nullable Completion selected,
        @Nullable Answer answer,
        List<ReplyForm.Field> fields,
        List<Ballot> ballots,
        List<Vote> votes,
        double agreement,
        @Nullable ChosenBy chosenBy,
        Confidence confidence,
        List<Warning> warnings,
        @Nullable Limit stoppedBy,
        boolean settled,
        Usage usage,
        SearchTree tree) {
    /** What ended a search that no limit stopped. */
    public static final String COMPLETED = "completed";

    /**
     * What another process found, which tells its completions and not its tree.
     *
     * @param config with the selection that it had
     * @param ballots on the root, for want of their nodes
     */
    public static Solution reported(
            Problem problem,
            SearchMethod method,
            SearchConfig config,
            List<Ballot> ballots,
            Confidence confidence,
            List<Warning> warnings,
            @Nullable Limit stoppedBy,
            boolean settled,
            Usage usage) {
        Selection selection = config.selection() == null ? method.usualSelection() : config.selection();
        Election election = Election.hold(ballots, selection, config);
        return new Solution(
                problem,
                method,
                config,
                election.selected(),
                election.answer(),
                List.of(),
                List.copyOf(ballots),
                election.votes(),
                election.agreement(),
                election.chosenBy(),
                confidence,
                warnings,
                stoppedBy,
                settled,
                usage,
                new SearchTree(Seeds.root(config.seed(), problem.id())));
    }

    /** What ended the search: {@code completed}, or the limit's name in lower case. */
    public String stoppedByName() {
        return stoppedBy == null ? COMPLETED : stoppedBy.name().toLowerCase(Locale.ROOT);
    }

    /**
     * The same where a completion was chosen by something else, such as what its program did. What was said of the votes, which
     * knew nothing of that, is left out.
     */
    public Solution choosing(Completion other, ChosenBy by) {
        List<Warning> others = warnings.stream()
                .filter(warning -> !warning.code().equals(Warning.LOW_CONFIDENCE))
                .toList();
        return new Solution(
                problem,
                method,
                config,
                other,
                other.answer(),
                fields,
                ballots,
                votes,
                agreement,
                by,
                confidence,
                others,
                stoppedBy,
                settled,
                usage,
                tree);
    }

    /** The same with something more that whoever reads the answer should know. */
    public Solution warning(Warning more) {
        List<Warning> all = new ArrayList<>(warnings);
        all.add(more);
        return new Solution(
                problem,
                method,
                config,
                selected,
                answer,
                fields,
                ballots,
                votes,
                agreement,
                chosenBy,
                confidence,
                List.copyOf(all),
                stoppedBy,
                settled,
                usage,
                tree);
    }

    /** Finished or not; with search-and-learn's semantics one may be there several times. */
    public List<Completion> completions() {
        return ballots.stream().map(Ballot::completion).toList();
    }

    /** The completion with the highest score, finished or not: search-and-learn's {@code pred}. */
    public Optional<Completion> best() {
        return ballots.stream()
                .map(Ballot::completion)
                .filter(completion -> !Double.isNaN(completion.score()))
                .reduce((best, next) -> next.score() > best.score() ? next : best);
    }

    /**
     * The answer that the first k of the n completions would have chosen: the columns {@code pred_…@k} of
     * search-and-learn. For best-of-n and majority that is what the search with n = k gives; for dvts k should be a
     * multiple of the beam width. From n on, all vote.
     */
    public Optional<Answer> answerAt(int k, Selection selection) {
        List<Ballot> first = k >= config.n()
                ? ballots
                : ballots.stream().filter(ballot -> ballot.index() < k).toList();
        return Optional.ofNullable(Election.hold(first, selection, config).answer());
    }
}
