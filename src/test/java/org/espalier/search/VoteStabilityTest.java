package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.junit.jupiter.api.Test;

class VoteStabilityTest {
    private static Ballot ballot(String answer, double score, boolean counts) {
        Answer read = new Answer(answer, answer, true);
        return new Ballot(new Completion(answer, read, List.of(score), score, counts, 1, 0), 0, 0, counts);
    }

    private static double majority(int missing, String... answers) {
        List<List<Ballot>> units = Stream.of(answers)
                .map(answer -> List.of(ballot(answer, 1, true)))
                .toList();
        return probability(Selection.MAJORITY, missing, units);
    }

    private static double probability(Selection selection, int missing, List<List<Ballot>> units) {
        VoteStability stability = new VoteStability();
        units.forEach(stability::add);
        List<Ballot> all = units.stream().flatMap(List::stream).toList();
        SearchConfig config = SearchConfig.builder().build();
        return stability.probability(Election.hold(all, selection, config), missing);
    }

    /** By hand, with a uniform prior: of two votes both go to the other with 1·2/(3·4); only then is 1 : 0 overtaken. */
    @Test
    void oneVoteAheadOfTwo() {
        assertThat(VoteStability.staysAhead(1, 0, 2)).isCloseTo(5 / 6.0, within(1e-12));
    }

    /** Draws what share of the votes the leader gets, then the votes. */
    @Test
    void agreesWithDrawing() {
        Random random = new Random(1);
        int runs = 200_000;
        int[][] cases = {{4, 0, 12}, {3, 1, 12}, {2, 2, 6}, {5, 4, 30}};
        for (int[] votes : cases) {
            int stays = 0;
            for (int run = 0; run < runs; run++) {
                // With that prior, the next vote goes to the leader with the share of the votes that it has (Pólya's
                // urn).
                int leader = votes[0];
                int runnerUp = votes[1];
                for (int i = 0; i < votes[2]; i++) {
                    if (random.nextInt(leader + runnerUp + 2) <= leader) {
                        leader++;
                    } else {
                        runnerUp++;
                    }
                }
                stays += leader >= runnerUp ? 1 : 0;
            }
            assertThat(VoteStability.staysAhead(votes[0], votes[1], votes[2]))
                    .isCloseTo((double) stays / runs, within(.005));
        }
    }

    @Test
    void leadThatCannotBeMadeGoodIsCertain() {
        assertThat(VoteStability.staysAhead(10, 3, 7)).isCloseTo(1, within(1e-12));
        assertThat(VoteStability.staysAhead(10, 3, 8)).isLessThan(1 - 1e-6);
        assertThat(majority(0, "1", "1", "2")).isCloseTo(1, within(1e-12));
    }

    @Test
    void nothingIsSettledWithoutAVote() {
        assertThat(probability(Selection.MAJORITY, 0, List.of())).isZero();
        assertThat(probability(Selection.MAJORITY, 0, List.of(List.of(ballot("1", .9, false)))))
                .isZero();
    }

    /** A search whose judge believes nothing yet goes on to its end, as it would if the scores were weighed. */
    @Test
    void whatTheJudgeDoesNotBelieveSettlesNothing() {
        List<List<Ballot>> units = Stream.of("1", "1", "1", "1")
                .map(answer -> List.of(ballot(answer, .004, true)))
                .toList();
        assertThat(probability(Selection.WEIGHTED, 4, units)).isZero();
        assertThat(probability(Selection.WEIGHTED, 0, units)).isEqualTo(1);
        assertThat(probability(Selection.MAJORITY, 4, units))
                .as("nobody asked the judge")
                .isGreaterThan(.9);
    }

    /** Four votes for 1 are much, four votes of a hundredth are nothing. */
    @Test
    void scoredVoteWeighsItsScore() {
        List<List<Ballot>> poor = Collections.nCopies(4, List.of(ballot("1", .01, true)));
        List<List<Ballot>> good = Collections.nCopies(4, List.of(ballot("1", 1, true)));
        double certain = probability(Selection.WEIGHTED, 12, good);

        assertThat(probability(Selection.WEIGHTED, 12, poor)).isBetween(.4, .65);
        assertThat(certain).isGreaterThan(.95);
        assertThat(probability(Selection.MAJORITY, 12, poor)).isEqualTo(certain);
    }

    /** A subtree is one piece of evidence for each of its answers, however many of its leaves give it. */
    @Test
    void unitCountsOnceForAnAnswer() {
        List<Ballot> subtree = List.of(ballot("1", .2, true), ballot("1", .8, true), ballot("1", .8, true));
        List<Ballot> one = List.of(ballot("1", .8, true));

        assertThat(probability(Selection.WEIGHTED, 3, List.of(subtree)))
                .isEqualTo(probability(Selection.WEIGHTED, 3, List.of(one)));
    }

    /** Three leaves of one subtree outvote two whole subtrees, which are more evidence: nothing is settled yet. */
    @Test
    void searchNeverSettlesOnAnAnswerThatDoesNotWin() {
        List<Ballot> leaves = Collections.nCopies(3, ballot("1", .9, true));
        List<Ballot> single = List.of(ballot("2", .9, true));
        List<List<Ballot>> units = List.of(leaves, single, single);
        Election election = Election.hold(
                units.stream().flatMap(List::stream).toList(),
                Selection.WEIGHTED,
                SearchConfig.builder().build());

        assertThat(election.winner()).isEqualTo(leaves.get(0).completion().answer());
        assertThat(probability(Selection.WEIGHTED, 1, units)).isZero();
    }

    /** Of 12 in any order, the best is among the first 4 in 4 of 12 cases. */
    @Test
    void bestOfAllIsLikelyToBeStillToCome() {
        List<List<Ballot>> units = Stream.of(.9, .2, .1, .3)
                .map(score -> List.of(ballot("1", score, true)))
                .toList();
        assertThat(probability(Selection.NAIVE, 8, units)).isCloseTo(4 / 12.0, within(1e-12));
    }

    /** 2 : 1 with half of the votes on the two: of six missing ones three are theirs. */
    @Test
    void plainVotesOfOtherAnswersAreNotExpectedToChangeTheirMind() {
        assertThat(majority(6, "1", "1", "2", "3", "4", "5")).isEqualTo(VoteStability.staysAhead(2, 1, 3));
    }
}
