package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ElectionTest {
    private static final double NONE = Double.NaN;
    private static final SearchConfig STRICT = SearchConfig.DEFAULT;
    private static final SearchConfig SAL =
            STRICT.toBuilder().semantics(Semantics.SAL).build();

    private final List<Ballot> ballots = new ArrayList<>();

    private ElectionTest vote(@Nullable String answer, double... stepScores) {
        return add(answer, true, stepScores);
    }

    private ElectionTest unfinished(@Nullable String answer, double... stepScores) {
        return add(answer, false, stepScores);
    }

    /** An answer's key is its lower-case text; one that ends with a question mark is a guess. */
    private ElectionTest add(@Nullable String text, boolean counts, double... stepScores) {
        List<Double> scores = new ArrayList<>();
        for (double score : stepScores) {
            if (!Double.isNaN(score)) {
                scores.add(score);
            }
        }
        Answer answer = text == null ? null : new Answer(text, text.toLowerCase(Locale.ROOT), !text.endsWith("?"));
        double score = ScoreAggregation.MIN.of(scores);
        int index = ballots.size();
        ballots.add(
                new Ballot(new Completion("text " + index, answer, scores, score, counts, 1, 0), index, index, counts));
        return this;
    }

    private Election hold(Selection selection, SearchConfig config) {
        return Election.hold(ballots, selection, config);
    }

    private @Nullable String winner(Selection selection) {
        return winner(selection, STRICT);
    }

    private @Nullable String winner(Selection selection, SearchConfig config) {
        Completion selected = hold(selection, config).selected();
        return selected == null
                ? null
                : Objects.requireNonNull(selected.answer()).text();
    }

    @Test
    void eachSelectionHasItsOwnWinner() {
        vote("a", .9).vote("b", .5).vote("b", .6).vote("c", .1).vote("c", .1).vote("c", .1);

        assertThat(winner(Selection.NAIVE)).isEqualTo("a");
        assertThat(winner(Selection.WEIGHTED)).isEqualTo("b");
        assertThat(winner(Selection.MAJORITY)).isEqualTo("c");
    }

    @Test
    void answersThatMeanTheSameVoteTogetherUnderTheTextSeenFirst() {
        vote("X", .1).vote("x", .4).vote("y", .45);
        Election election = hold(Selection.WEIGHTED, STRICT);

        assertThat(election.votes())
                .extracting(Vote::answer, Vote::key, Vote::count, Vote::weight)
                .containsExactly(tuple("X", "x", 2, .5), tuple("y", "y", 1, .45));
        assertThat(winner(Selection.WEIGHTED)).as("of the better completion").isEqualTo("x");
        assertThat(winner(Selection.WEIGHTED, SAL))
                .as("of the first completion")
                .isEqualTo("X");
        assertThat(election.agreement()).isCloseTo(.5 / .95, within(1e-9));
    }

    @Test
    void tiesGoToTheFirstSeen() {
        vote("a", .5).vote("b", .5);

        for (Selection selection : Selection.values()) {
            assertThat(winner(selection)).isEqualTo("a");
        }
    }

    @Test
    void unscoredNeverBeatsScored() {
        vote("a", NONE).vote("a", NONE).vote("b", .01);

        assertThat(winner(Selection.NAIVE)).isEqualTo("b");
        assertThat(winner(Selection.WEIGHTED)).isEqualTo("b");
        assertThat(winner(Selection.MAJORITY)).isEqualTo("a");
    }

    @Test
    void majorityDecidesIfNothingIsScored() {
        vote("a", NONE).vote("b", NONE).vote("b", NONE);

        for (Selection selection : Selection.values()) {
            assertThat(winner(selection)).isEqualTo("b");
            assertThat(hold(selection, STRICT).agreement()).isEqualTo(2 / 3.0);
        }
    }

    /** Products of many small numbers: which sum is the larger is a matter of rounding. */
    @Test
    void majorityDecidesIfAllScoresAreNearlyZero() {
        for (double nothing : new double[] {0, Double.MIN_VALUE, 1e-300, 3e-8}) {
            ballots.clear();
            vote("a", 3 * nothing).vote("b", nothing).vote("b", nothing);

            assertThat(winner(Selection.WEIGHTED)).isEqualTo("b");
            assertThat(hold(Selection.WEIGHTED, STRICT).agreement()).isEqualTo(2 / 3.0);
            assertThat(hold(Selection.WEIGHTED, STRICT).rule()).isEqualTo(Selection.MAJORITY);
        }
    }

    @Test
    void smallScoresAreScores() {
        vote("a", 1e-4).vote("b", 2e-5).vote("b", 2e-5);

        assertThat(winner(Selection.WEIGHTED)).isEqualTo("a");
    }

    @Test
    void unfinishedAndAnswerlessCompletionsDoNotVote() {
        unfinished("a", .9).vote(null, .9).vote("b", .1);
        Election election = hold(Selection.NAIVE, STRICT);

        assertThat(winner(Selection.NAIVE)).isEqualTo("b");
        assertThat(election.votes()).hasSize(1);
        assertThat(election.agreement()).isEqualTo(1);
    }

    @Test
    void guessesOfFinishedCompletionsVote() {
        vote("7?", .9).vote("a", .1);
        assertThat(winner(Selection.NAIVE)).isEqualTo("7?");
    }

    @Test
    void withoutVotersTheBestUnfinishedOneThatStatesItsAnswerIsTaken() {
        unfinished("7?", .9)
                .unfinished("a", .2)
                .unfinished("b", .3)
                .unfinished("a", .2)
                .vote(null, .9);
        Election election = hold(Selection.WEIGHTED, STRICT);

        assertThat(winner(Selection.WEIGHTED)).isEqualTo("b");
        assertThat(election.votes()).isEmpty();
        assertThat(election.agreement()).isZero();
    }

    @Test
    void withoutVotersOrScoresTheAnswerStatedMostOftenIsTaken() {
        unfinished("a", NONE).unfinished("b", NONE).unfinished("b", NONE);
        assertThat(winner(Selection.WEIGHTED)).isEqualTo("b");
    }

    @Test
    void nobodyWinsWithoutAnyStatedAnswer() {
        unfinished("7?", .9).vote(null, .9);
        assertThat(winner(Selection.WEIGHTED)).isNull();
    }

    /** Aggregated with MIN a is worth .2 and b .5; their last scores are .9 and .6. */
    @Test
    void parityVotesWithTheLastScore() {
        vote("a", .2, .9).vote("b", .5, .6);

        assertThat(winner(Selection.NAIVE, STRICT)).isEqualTo("b");
        assertThat(winner(Selection.NAIVE, SAL)).isEqualTo("a");
    }

    @Test
    void parityLetsAnswerlessCompletionsVoteForTheEmptyAnswer() {
        vote(null, .3).vote(null, .3).vote("a", .5);

        assertThat(winner(Selection.WEIGHTED, SAL)).isNull();
        assertThat(hold(Selection.WEIGHTED, SAL).votes())
                .extracting(Vote::answer)
                .containsExactly("", "a");
        assertThat(winner(Selection.NAIVE, SAL)).isEqualTo("a");
    }

    @Test
    void votesComeInTheOrderOfTheirStrength() {
        vote("a", .1).vote("b", .2).vote("b", .2).vote("c", .9);

        assertThat(hold(Selection.WEIGHTED, STRICT).votes())
                .extracting(Vote::answer)
                .containsExactly("c", "b", "a");
        assertThat(hold(Selection.MAJORITY, STRICT).votes())
                .extracting(Vote::answer)
                .containsExactly("b", "a", "c");
    }
}
