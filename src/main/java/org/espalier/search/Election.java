package org.espalier.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.espalier.search.Semantics.Quirk;
import org.jspecify.annotations.Nullable;

/**
 * How the ballots choose the answer (search-and-learn {@code utils/math.py}). If none counts, the run was stopped or every
 * path ran into a limit: then the best completion that states its answer is taken, without a vote.
 *
 * <p>Weights that are all nearly zero do not tell the answers apart: which of two products of many small numbers is the
 * larger is a matter of rounding. The completions are then counted instead.
 *
 * @param selected the completion that stands for the answer; null if there is no answer
 * @param votes the winner's first, unless the selection is naive; then by their strength
 * @param agreement share of the winner's vote: of the weights if they decided, else of the completions; 0 without votes
 * @param rule how the winner was found: what was asked for, or {@link Selection#MAJORITY} where the scores say nothing
 */
record Election(@Nullable Completion selected, List<Vote> votes, double agreement, Selection rule) {
    private static final Answer NO_ANSWER = new Answer("", "", false);
    /** Below this a score is nothing but rounding: models compute in single precision. */
    private static final double LEAST_SCORE = 1e-6;

    /** A completion, and what its vote weighs; {@link Double#NaN} if it has no score. */
    private record Voter(Completion completion, double weight) {
        /** Below every score if it has none. */
        double rank() {
            return Double.isNaN(weight) ? Double.NEGATIVE_INFINITY : weight;
        }
    }

    private record Group(Answer answer, List<Voter> members) {
        int count() {
            return members.size();
        }

        double weight() {
            return members.stream()
                    .mapToDouble(Voter::weight)
                    .filter(weight -> !Double.isNaN(weight))
                    .sum();
        }

        Voter best() {
            return ArgMax.firstOfGreatest(members, Comparator.comparingDouble(Voter::rank));
        }

        double bestRank() {
            return best().rank();
        }
    }

    /** The answer that won the vote; null if no completion with an answer voted. */
    @Nullable
    Answer winner() {
        return votes.isEmpty() || selected == null ? null : selected.answer();
    }

    static Election hold(List<Ballot> ballots, Selection selection, SearchConfig config) {
        List<Voter> voters = ballots.stream()
                .filter(Ballot::counts)
                .map(Ballot::completion)
                .filter(completion -> completion.answer() != null || has(config, Quirk.EMPTY_ANSWERS_VOTE))
                .map(completion -> voter(completion, config))
                .toList();
        if (voters.isEmpty()) {
            return fallBack(ballots, config);
        }
        List<Group> groups = group(voters);
        Selection rule = scoresDecide(groups, selection, config) ? selection : Selection.MAJORITY;
        boolean byWeight = rule == Selection.WEIGHTED;
        Comparator<Group> strength =
                byWeight ? Comparator.comparingDouble(Group::weight) : Comparator.comparingInt(Group::count);
        Group winner = rule == Selection.NAIVE ? withBest(voters, groups) : ArgMax.firstOfGreatest(groups, strength);
        double weights = groups.stream().mapToDouble(Group::weight).sum();
        double share = byWeight && weights > 0 ? winner.weight() / weights : (double) winner.count() / voters.size();
        List<Vote> votes = groups.stream()
                .sorted(strength.reversed())
                .map(group -> new Vote(group.answer.text(), group.answer.key(), group.count(), group.weight()))
                .toList();
        boolean showFirst = has(config, Quirk.SELECT_FIRST_OF_GROUP) && rule != Selection.NAIVE;
        Voter shown = showFirst ? winner.members.get(0) : winner.best();
        Completion selected = shown.completion;
        return new Election(selected.answer() == null ? null : selected, votes, share, rule);
    }

    /** Of completions with equal scores the first one wins, though its answer may have been given later than another's. */
    private static Group withBest(List<Voter> voters, List<Group> groups) {
        Voter best = ArgMax.firstOfGreatest(voters, Comparator.comparingDouble(Voter::rank));
        return groups.stream()
                .filter(group -> group.members.contains(best))
                .findFirst()
                .orElseThrow();
    }

    private static boolean scoresDecide(List<Group> groups, Selection selection, SearchConfig config) {
        double best = groups.stream().mapToDouble(Group::bestRank).max().orElseThrow();
        if (best == Double.NEGATIVE_INFINITY) {
            return false;
        }
        boolean nothing = best >= 0 && best < LEAST_SCORE && !has(config, Quirk.VOTE_WITH_LAST);
        return selection != Selection.WEIGHTED || !nothing;
    }

    private static Election fallBack(List<Ballot> ballots, SearchConfig config) {
        List<Voter> stated = ballots.stream()
                .map(Ballot::completion)
                .filter(completion ->
                        completion.answer() != null && completion.answer().stated())
                .map(completion -> voter(completion, config))
                .toList();
        if (stated.isEmpty()) {
            return new Election(null, List.of(), 0, Selection.MAJORITY);
        }
        Group winner = ArgMax.firstOfGreatest(
                group(stated), Comparator.comparingDouble(Group::bestRank).thenComparingInt(Group::count));
        return new Election(winner.best().completion, List.of(), 0, Selection.NAIVE);
    }

    private static Voter voter(Completion completion, SearchConfig config) {
        boolean last = has(config, Quirk.VOTE_WITH_LAST);
        return new Voter(completion, last ? ScoreAggregation.LAST.of(completion.stepScores()) : completion.score());
    }

    private static List<Group> group(List<Voter> voters) {
        Map<String, Group> groups = new LinkedHashMap<>();
        for (Voter voter : voters) {
            @Nullable Answer given = voter.completion.answer();
            Answer answer = given == null ? NO_ANSWER : given;
            groups.computeIfAbsent(answer.key(), key -> new Group(answer, new ArrayList<>()))
                    .members
                    .add(voter);
        }
        return List.copyOf(groups.values());
    }

    private static boolean has(SearchConfig config, Quirk quirk) {
        return config.semantics().has(quirk);
    }
}
