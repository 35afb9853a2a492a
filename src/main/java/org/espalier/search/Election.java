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
 * @param selected the completion that stands for the answer; null if there is no answer
 * @param votes the winner's first, unless the selection is naive; then by their strength
 * @param agreement share of the winner's vote: of the weights if they decided, else of the completions; 0 without votes
 */
record Election(@Nullable Completion selected, List<Vote> votes, double agreement) {
    private static final Answer NO_ANSWER = new Answer("", "", false);

    /** A completion and what its vote weighs; {@link Double#NaN} if it has no score. */
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
            return Ties.firstOfGreatest(members, Comparator.comparingDouble(Voter::rank));
        }

        double bestRank() {
            return best().rank();
        }
    }

    static Election hold(List<Ballot> ballots, Selection selection, SearchConfig config) {
        List<Completion> voters = ballots.stream()
                .filter(Ballot::counts)
                .map(Ballot::completion)
                .filter(completion -> completion.answer() != null || has(config, Quirk.EMPTY_ANSWERS_VOTE))
                .toList();
        if (voters.isEmpty()) {
            return fallBack(ballots, config);
        }
        List<Group> groups = group(voters, config);
        boolean scored = groups.stream().anyMatch(group -> group.bestRank() > Double.NEGATIVE_INFINITY);
        Selection rule = scored ? selection : Selection.MAJORITY;
        boolean byWeight = rule == Selection.WEIGHTED;
        Comparator<Group> strength =
                byWeight ? Comparator.comparingDouble(Group::weight) : Comparator.comparingInt(Group::count);
        Comparator<Group> order = rule == Selection.NAIVE ? Comparator.comparingDouble(Group::bestRank) : strength;
        Group winner = Ties.firstOfGreatest(groups, order);
        double weights = groups.stream().mapToDouble(Group::weight).sum();
        double share = byWeight && weights > 0 ? winner.weight() / weights : (double) winner.count() / voters.size();
        List<Vote> votes = groups.stream()
                .sorted(strength.reversed())
                .map(group -> new Vote(group.answer.text(), group.answer.key(), group.count(), group.weight()))
                .toList();
        boolean showFirst = has(config, Quirk.SELECT_FIRST_OF_GROUP) && rule != Selection.NAIVE;
        Voter shown = showFirst ? winner.members.get(0) : winner.best();
        Completion selected = shown.completion;
        return new Election(selected.answer() == null ? null : selected, votes, share);
    }

    private static Election fallBack(List<Ballot> ballots, SearchConfig config) {
        List<Completion> stated = ballots.stream()
                .map(Ballot::completion)
                .filter(completion ->
                        completion.answer() != null && completion.answer().stated())
                .toList();
        if (stated.isEmpty()) {
            return new Election(null, List.of(), 0);
        }
        Group winner = Ties.firstOfGreatest(
                group(stated, config),
                Comparator.comparingDouble(Group::bestRank).thenComparingInt(Group::count));
        return new Election(winner.best().completion, List.of(), 0);
    }

    private static List<Group> group(List<Completion> voters, SearchConfig config) {
        boolean last = has(config, Quirk.VOTE_WITH_LAST);
        Map<String, Group> groups = new LinkedHashMap<>();
        for (Completion completion : voters) {
            Answer answer = completion.answer() == null ? NO_ANSWER : completion.answer();
            double weight = last ? ScoreAggregation.LAST.of(completion.stepScores()) : completion.score();
            groups.computeIfAbsent(answer.key(), key -> new Group(answer, new ArrayList<>()))
                    .members
                    .add(new Voter(completion, weight));
        }
        return List.copyOf(groups.values());
    }

    private static boolean has(SearchConfig config, Quirk quirk) {
        return config.semantics().has(quirk);
    }
}
