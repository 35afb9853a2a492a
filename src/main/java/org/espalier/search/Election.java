package org.espalier.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.espalier.search.Semantics.Quirk;
import org.jspecify.annotations.Nullable;

/**
 * How the ballots choose the answer (search-and-learn {@code utils/math.py}). If none counts, the run was stopped or every
 * path ran into a limit: then the best completion that states its answer is taken, without a vote.
 *
 * <p>Scores that are all below {@value #LEAST_BELIEF} do not tell the answers apart: the judge believes none of them, and
 * which of two products of many small numbers is the larger is a matter of rounding. The completions are then counted instead.
 *
 * <p>Not every problem has a short answer. What no completion states, but is guessed from a text, is voted on only if it can
 * be guessed from half of the finished ones; without any vote the {@link BestReply} stands for the answer.
 *
 * <p>{@link MethodParams#voteShare} lets only those with the highest scores vote, of all that were begun.
 *
 * @param selected the completion that stands for the answer; null if nothing was written
 * @param answer its short answer; null if there is none, or it was not chosen for it
 * @param votes the winner's first, unless the selection is naive; then by their strength
 * @param agreement share of the winner's vote: of the weights if they decided, else of the completions; 0 without votes
 * @param rule how the winner was found: what was asked for, or {@link Selection#MAJORITY} where the scores say nothing
 * @param chosenBy what decided about the completion; null if nothing was written
 * @param notBelieved whether there are scores, and all are below {@value #LEAST_BELIEF}
 * @param overruled whether the scores would have decided if one of them had not been so low
 */
record Election(
        @Nullable Completion selected,
        @Nullable Answer answer,
        List<Vote> votes,
        double agreement,
        Selection rule,
        @Nullable ChosenBy chosenBy,
        boolean notBelieved,
        boolean overruled) {
    private static final Answer NO_ANSWER = new Answer("", "", false);
    /** Whoever gives no completion more than this takes all of them for wrong. */
    static final double LEAST_BELIEF = 0.01;

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
        return votes.isEmpty() ? null : answer;
    }

    static Election hold(List<Ballot> ballots, Selection selection, SearchConfig config) {
        List<Voter> able = ballots.stream()
                .filter(Ballot::counts)
                .map(Ballot::completion)
                .filter(completion -> completion.answer() != null || has(config, Quirk.EMPTY_ANSWERS_VOTE))
                .map(completion -> voter(completion, config))
                .toList();
        List<Voter> voters = best(able, config.params().voteShareOrAll() * ballots.size());
        if (voters.isEmpty() || (!has(config, Quirk.EMPTY_ANSWERS_VOTE) && haveNoShortAnswer(ballots))) {
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
        ChosenBy by = voters.size() == 1 ? ChosenBy.ONLY : ChosenBy.of(rule);
        boolean notBelieved = saysNothing(completions(ballots));
        boolean overruled = notBelieved && rule != selection;
        return new Election(selected, selected.answer(), votes, share, rule, by, notBelieved, overruled);
    }

    /** So many of those with the highest scores, in their order; all, if none has a score. */
    private static List<Voter> best(List<Voter> voters, double most) {
        int kept = Math.max(1, (int) Math.ceil(most));
        if (kept >= voters.size() || voters.stream().allMatch(voter -> Double.isNaN(voter.weight))) {
            return voters;
        }
        Set<Voter> best = Collections.newSetFromMap(new IdentityHashMap<>());
        voters.stream()
                .sorted(Comparator.comparingDouble(Voter::rank).reversed())
                .limit(kept)
                .forEach(best::add);
        return voters.stream().filter(best::contains).toList();
    }

    /** Whether the finished completions state no answer, and most of them have nothing that can be taken for one. */
    private static boolean haveNoShortAnswer(List<Ballot> ballots) {
        List<Answer> answers = new ArrayList<>();
        int finished = 0;
        for (Ballot ballot : ballots) {
            Answer answer = ballot.completion().answer();
            finished += ballot.counts() ? 1 : 0;
            if (ballot.counts() && answer != null) {
                answers.add(answer);
            }
        }
        return answers.stream().noneMatch(Answer::stated) && 2 * answers.size() < finished;
    }

    private static List<Completion> completions(List<Ballot> ballots) {
        return ballots.stream().filter(Ballot::counts).map(Ballot::completion).toList();
    }

    /** Whether there are scores, and each says that its completion is wrong. */
    static boolean saysNothing(List<Completion> completions) {
        double[] scores = completions.stream()
                .mapToDouble(Completion::score)
                .filter(score -> !Double.isNaN(score))
                .toArray();
        return scores.length > 0 && Arrays.stream(scores).allMatch(score -> score >= 0 && score < LEAST_BELIEF);
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
        boolean nothing = best >= 0 && best < LEAST_BELIEF && !has(config, Quirk.VOTE_WITH_LAST);
        return selection != Selection.WEIGHTED || !nothing;
    }

    private static Election fallBack(List<Ballot> ballots, SearchConfig config) {
        boolean finished = ballots.stream().anyMatch(Ballot::counts);
        List<Voter> stated = finished
                ? List.of()
                : ballots.stream()
                        .map(Ballot::completion)
                        .filter(completion -> completion.answer() != null
                                && completion.answer().stated())
                        .map(completion -> voter(completion, config))
                        .toList();
        if (stated.isEmpty()) {
            return unanswered(ballots);
        }
        Group winner = ArgMax.firstOfGreatest(
                group(stated), Comparator.comparingDouble(Group::bestRank).thenComparingInt(Group::count));
        Completion best = winner.best().completion;
        boolean scored = winner.bestRank() != Double.NEGATIVE_INFINITY;
        ChosenBy by = stated.size() == 1 ? ChosenBy.ONLY : scored ? ChosenBy.SCORE : ChosenBy.MAJORITY;
        return new Election(best, best.answer(), List.of(), 0, Selection.NAIVE, by, false, false);
    }

    private static Election unanswered(List<Ballot> ballots) {
        BestReply reply = BestReply.of(ballots);
        return new Election(
                reply == null ? null : reply.completion(),
                null,
                List.of(),
                0,
                Selection.MAJORITY,
                reply == null ? null : reply.chosenBy(),
                saysNothing(completions(ballots)),
                false);
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
