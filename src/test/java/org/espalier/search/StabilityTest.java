package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.junit.jupiter.api.Test;

class StabilityTest {
    private static Ballot ballot(String answer, double score, boolean counts) {
        Answer read = new Answer(answer, answer, true);
        return new Ballot(new Completion(answer, read, List.of(score), score, counts, 1, 0), 0, 0, counts);
    }

    private static Stability votes(String... answers) {
        Stability stability = new Stability();
        for (String answer : answers) {
            stability.add(List.of(ballot(answer, 1, true)));
        }
        return stability;
    }

    /** By hand, with a uniform prior: of two votes both go to the other with 1·2/(3·4); only then is 1 : 0 overtaken. */
    @Test
    void oneVoteAheadOfTwo() {
        assertThat(Stability.staysAhead(1, 0, 2)).isCloseTo(5 / 6.0, within(1e-12));
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
            assertThat(Stability.staysAhead(votes[0], votes[1], votes[2]))
                    .isCloseTo((double) stays / runs, within(.005));
        }
    }

    @Test
    void leadThatCannotBeMadeGoodIsCertain() {
        assertThat(Stability.staysAhead(10, 3, 7)).isCloseTo(1, within(1e-12));
        assertThat(Stability.staysAhead(10, 3, 8)).isLessThan(1 - 1e-6);
        assertThat(votes("1", "1", "2").probability(0, false)).isCloseTo(1, within(1e-12));
    }

    @Test
    void nothingIsSettledWithoutAVote() {
        assertThat(new Stability().probability(0, false)).isZero();
        Stability unfinished = new Stability();
        unfinished.add(List.of(ballot("1", .9, false)));
        assertThat(unfinished.probability(0, false)).isZero();
    }

    /** Four votes for 1 are much, four votes of a hundredth are nothing. */
    @Test
    void scoredVoteWeighsItsScore() {
        Stability poor = new Stability();
        Stability good = new Stability();
        for (int i = 0; i < 4; i++) {
            poor.add(List.of(ballot("1", .01, true)));
            good.add(List.of(ballot("1", 1, true)));
        }
        assertThat(poor.probability(12, true)).isBetween(.4, .65);
        assertThat(good.probability(12, true)).isGreaterThan(.95);
        assertThat(poor.probability(12, false)).isEqualTo(good.probability(12, true));
    }

    /** A subtree is one vote for each of its answers, however many of its leaves give it. */
    @Test
    void unitVotesOnceForAnAnswer() {
        Stability subtree = new Stability();
        subtree.add(List.of(ballot("1", .2, true), ballot("1", .8, true), ballot("1", .8, true)));
        Stability one = new Stability();
        one.add(List.of(ballot("1", .8, true)));
        assertThat(subtree.probability(3, true)).isEqualTo(one.probability(3, true));
    }

    /** 2 : 1 with half of the votes on the two: of six missing ones three are theirs. */
    @Test
    void plainVotesOfOtherAnswersAreNotExpectedToChangeTheirMind() {
        assertThat(votes("1", "1", "2", "3", "4", "5").probability(6, false)).isEqualTo(Stability.staysAhead(2, 1, 3));
    }
}
