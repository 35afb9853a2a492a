package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
        Answer answer = hold(selection, config).answer();
        return answer == null ? null : answer.text();
    }

    @Test
    void eachSelectionHasItsOwnWinner() {
        vote("a", .9).vote("b", .5).vote("b", .6).vote("c", .1).vote("c", .1).vote("c", .1);

        assertThat(winner(Selection.NAIVE)).isEqualTo("a");
        assertThat(winner(Selection.WEIGHTED)).isEqualTo("b");
        assertThat(winner(Selection.MAJORITY)).isEqualTo("c");
    }

    private static SearchConfig voting(double share) {
        return STRICT.toBuilder()
                .params(MethodParams.DEFAULT.withConfidence(share, null, null))
                .build();
    }

    @Test
    void onlyTheShareWithTheHighestScoresVotes() {
        vote("a", .9)
                .vote("b", .8)
                .vote("c", .7)
                .vote("c", .6)
                .vote("b", .5)
                .vote("c", .1)
                .unfinished("c", .95);

        assertThat(winner(Selection.MAJORITY)).isEqualTo("c");
        // Of seven that were begun four vote: a, b, c and c.
        assertThat(winner(Selection.MAJORITY, voting(.5))).isEqualTo("c");
        assertThat(hold(Selection.MAJORITY, voting(.5)).votes())
                .extracting(Vote::answer, Vote::count)
                .containsExactly(tuple("c", 2), tuple("a", 1), tuple("b", 1));
        assertThat(winner(Selection.MAJORITY, voting(.3))).isEqualTo("a");
        assertThat(winner(Selection.WEIGHTED, voting(.1))).isEqualTo("a");
    }

    @Test
    void withoutScoresAllVote() {
        vote("a", NONE).vote("b", NONE).vote("b", NONE);

        assertThat(winner(Selection.MAJORITY, voting(.1))).isEqualTo("b");
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
        for (double nothing : new double[] {0, Double.MIN_VALUE, 1e-300, 3e-8, 3e-3}) {
            ballots.clear();
            vote("a", 3 * nothing).vote("b", nothing).vote("b", nothing);

            assertThat(winner(Selection.WEIGHTED)).isEqualTo("b");
            assertThat(hold(Selection.WEIGHTED, STRICT).agreement()).isEqualTo(2 / 3.0);
            assertThat(hold(Selection.WEIGHTED, STRICT).rule()).isEqualTo(Selection.MAJORITY);
        }
    }

    @Test
    void smallScoresAreScores() {
        vote("a", .03).vote("b", .014).vote("b", .014);

        assertThat(winner(Selection.WEIGHTED)).isEqualTo("a");
        assertThat(hold(Selection.WEIGHTED, STRICT).notBelieved()).isFalse();
    }

    /** 61 of 62 said b, with 0.0003 of the weight together; a had 0.009 alone. */
    @Test
    void whatTheJudgeDoesNotBelieveIsDecidedByTheMajority() {
        vote("a", .009);
        for (int i = 0; i < 61; i++) {
            vote("b", 5e-6);
        }
        Election election = hold(Selection.WEIGHTED, STRICT);

        assertThat(election.answer()).hasToString("b");
        assertThat(election.notBelieved()).isTrue();
        assertThat(election.chosenBy()).isEqualTo(ChosenBy.MAJORITY);
        assertThat(election.agreement()).isEqualTo(61 / 62.0);
        assertThat(winner(Selection.WEIGHTED, SAL)).as("search-and-learn's").isEqualTo("a");
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
        unfinished("7?", .9).unfinished("a", .2).unfinished("b", .3).unfinished("a", .2);
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

    @Test
    void aFinishedReplyBeatsAnAnswerThatIsNotFinished() {
        unfinished("a", .9).vote(null, .2).vote(null, .3);
        Election election = hold(Selection.WEIGHTED, STRICT);

        assertThat(election.answer()).isNull();
        assertThat(election.selected()).isEqualTo(ballots.get(2).completion());
        assertThat(election.chosenBy()).isEqualTo(ChosenBy.SCORE);
    }

    @Test
    void guessesFromAFewTextsAreNoVote() {
        vote("7?", .9).vote(null, .3).vote(null, .2);
        Election few = hold(Selection.WEIGHTED, STRICT);

        assertThat(few.answer()).isNull();
        assertThat(few.votes()).isEmpty();
        assertThat(few.selected()).isEqualTo(ballots.get(0).completion());

        vote("7?", .1);
        assertThat(winner(Selection.WEIGHTED)).as("from half of them").isEqualTo("7?");
    }

    @Test
    void withoutScoresTheLikeliestReplyIsShown() {
        reply("long", 10, -20).reply("likely", 10, -5).reply("short", 2, -3);
        Election election = hold(Selection.MAJORITY, STRICT);

        assertThat(election.selected()).isEqualTo(ballots.get(1).completion());
        assertThat(election.chosenBy()).isEqualTo(ChosenBy.LIKELIHOOD);
    }

    @Test
    void theFirstReplyIsShownIfNothingTellsThemApart() {
        reply("a", 1, -1).reply("b", 1, -1);
        assertThat(hold(Selection.MAJORITY, STRICT).selected())
                .isEqualTo(ballots.get(0).completion());
        assertThat(hold(Selection.MAJORITY, STRICT).chosenBy()).isEqualTo(ChosenBy.FIRST);
    }

    @Test
    void repliesThatTheJudgeDoesNotBelieveAreNotToldApartByIt() {
        vote(null, .004).vote(null, .003);
        assertThat(hold(Selection.WEIGHTED, STRICT).chosenBy()).isEqualTo(ChosenBy.FIRST);
        assertThat(hold(Selection.WEIGHTED, STRICT).notBelieved()).isTrue();
    }

    @Test
    void anUnfinishedReplyIsShownIfThereIsNoOther() {
        unfinished(null, NONE);
        assertThat(hold(Selection.MAJORITY, STRICT).selected())
                .isEqualTo(ballots.get(0).completion());
        assertThat(hold(Selection.MAJORITY, STRICT).chosenBy()).isEqualTo(ChosenBy.ONLY);
    }

    @Test
    void nothingIsChosenIfNothingWasWritten() {
        reply(" \n", 1, -1);
        assertThat(hold(Selection.MAJORITY, STRICT).selected()).isNull();
        assertThat(hold(Selection.MAJORITY, STRICT).chosenBy()).isNull();
    }

    private ElectionTest reply(String text, int tokens, double logProb) {
        Completion completion = new Completion(text, null, List.of(), NONE, true, tokens, logProb);
        ballots.add(new Ballot(completion, ballots.size(), ballots.size(), true));
        return this;
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
