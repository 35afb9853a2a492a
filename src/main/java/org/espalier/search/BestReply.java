package org.espalier.search;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.espalier.model.Completion;
import org.jspecify.annotations.Nullable;

/**
 * The completion that is shown where there is no short answer to vote on: what was written is never withheld. Finished ones
 * before others; then the one with the highest score, if scores tell them apart; else the one that the policy finds the
 * likeliest, a token; else the first.
 *
 * @param completion has text
 */
record BestReply(Completion completion, ChosenBy chosenBy) {
    /** @return null if nothing was written */
    static @Nullable BestReply of(List<Ballot> ballots) {
        List<Ballot> written = ballots.stream()
                .filter(ballot -> !ballot.completion().text().isBlank())
                .toList();
        List<Ballot> finished = written.stream().filter(Ballot::counts).toList();
        List<Completion> replies = (finished.isEmpty() ? written : finished)
                .stream().map(Ballot::completion).distinct().toList();
        if (replies.isEmpty()) {
            return null;
        }
        if (replies.size() == 1) {
            return new BestReply(replies.get(0), ChosenBy.ONLY);
        }
        if (!Election.saysNothing(replies) && tellsApart(replies, Completion::score)) {
            return best(replies, Completion::score, ChosenBy.SCORE);
        }
        return tellsApart(replies, BestReply::likelihood)
                ? best(replies, BestReply::likelihood, ChosenBy.LIKELIHOOD)
                : new BestReply(replies.get(0), ChosenBy.FIRST);
    }

    private static BestReply best(List<Completion> replies, ToDoubleFunction<Completion> value, ChosenBy by) {
        Comparator<Completion> order = Comparator.comparingDouble(reply -> rank(value.applyAsDouble(reply)));
        return new BestReply(ArgMax.firstOfGreatest(replies, order), by);
    }

    private static boolean tellsApart(List<Completion> replies, ToDoubleFunction<Completion> value) {
        return replies.stream()
                        .mapToDouble(value)
                        .map(BestReply::rank)
                        .distinct()
                        .count()
                > 1;
    }

    /** Below every value if it has none. */
    private static double rank(double value) {
        return Double.isNaN(value) ? Double.NEGATIVE_INFINITY : value;
    }

    /** The mean log-probability of its tokens. */
    private static double likelihood(Completion completion) {
        return completion.tokens() == 0 ? Double.NaN : completion.logProb() / completion.tokens();
    }
}
