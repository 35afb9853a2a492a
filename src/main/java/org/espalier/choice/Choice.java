package org.espalier.choice;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What was chosen among options, which have the numbers of the order that they were given in.
 *
 * @param chosen the option's number; null if nothing speaks for any
 * @param asGiven what the order that was given says alone; null if nothing speaks for any
 * @param shares of the options, which sum to 1: the mean of their probabilities over all orders, or their part of the vote;
 *     0 each if nothing speaks for any
 * @param places share of what stood first, second, …, whatever it was: 1 / k each for a policy that does not care; empty
 *     where options had no places
 * @param votes of the options; 0 each where there was no vote
 * @param unread replies that name no option
 * @param replies in the order in which they were drawn; empty where there was no vote
 */
public record Choice(
        ChoiceTask task,
        ChoiceMethod method,
        @Nullable Integer chosen,
        @Nullable Integer asGiven,
        List<Double> shares,
        List<Double> places,
        List<Integer> votes,
        int unread,
        List<Reply> replies) {
    /**
     * A reply.
     *
     * @param turn the order in which its policy saw the options
     * @param option that it names; null if none
     */
    public record Reply(int turn, @Nullable Integer option, String text, int tokens) {
        private int optionOrNone() {
            return option == null ? -1 : option;
        }
    }

    /**
     * By probabilities.
     *
     * @param byTurn of each order the probabilities of the options
     */
    static Choice ofShares(ChoiceTask task, ChoiceMethod method, List<List<Double>> byTurn) {
        List<Double> shares = IntStream.range(0, task.size())
                .mapToObj(option ->
                        mean(byTurn.stream().map(turn -> turn.get(option)).toList()))
                .toList();
        List<Double> places = method != ChoiceMethod.LETTERS
                ? List.of()
                : IntStream.range(0, task.size())
                        .mapToObj(place -> mean(IntStream.range(0, byTurn.size())
                                .mapToObj(turn -> byTurn.get(turn).get(task.at(place, turn)))
                                .toList()))
                        .toList();
        List<Integer> none = shares.stream().map(share -> 0).toList();
        return new Choice(task, method, best(shares), best(byTurn.get(0)), shares, places, none, 0, List.of());
    }

    /** By the votes of replies. */
    static Choice ofReplies(ChoiceTask task, List<Reply> replies) {
        List<Integer> votes = counts(task, replies.stream().mapToInt(Reply::optionOrNone));
        int read = votes.stream().mapToInt(Integer::intValue).sum();
        List<Integer> places = counts(
                task,
                replies.stream()
                        .filter(reply -> reply.option != null)
                        .mapToInt(reply -> task.place(reply.optionOrNone(), reply.turn)));
        List<Double> asGiven = shares(
                counts(task, replies.stream().filter(reply -> reply.turn == 0).mapToInt(Reply::optionOrNone)));
        List<Double> shares = shares(votes);
        return new Choice(
                task,
                ChoiceMethod.VOTE,
                best(shares),
                best(asGiven),
                shares,
                shares(places),
                votes,
                replies.size() - read,
                List.copyOf(replies));
    }

    /** What the first k replies say. */
    public Choice first(int k) {
        return ofReplies(task, replies.subList(0, Math.min(k, replies.size())));
    }

    /** How often each option is among some; what is none does not count. */
    private static List<Integer> counts(ChoiceTask task, IntStream named) {
        int[] counts = new int[task.size()];
        named.filter(option -> option >= 0).forEach(option -> counts[option]++);
        return Arrays.stream(counts).boxed().toList();
    }

    private static List<Double> shares(List<Integer> counts) {
        int all = counts.stream().mapToInt(Integer::intValue).sum();
        return counts.stream().map(count -> all == 0 ? 0 : (double) count / all).toList();
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    /** The first of the greatest; null if all are 0. */
    private static @Nullable Integer best(List<Double> shares) {
        return IntStream.range(0, shares.size())
                .boxed()
                .filter(option -> shares.get(option) > 0)
                .max(Comparator.comparing((Integer option) -> shares.get(option))
                        .thenComparing(option -> -option))
                .orElse(null);
    }
}
