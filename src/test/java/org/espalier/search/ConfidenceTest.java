package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.espalier.search.Confidence.Level;
import org.junit.jupiter.api.Test;

class ConfidenceTest {
    private static final double NONE = Double.NaN;

    private final List<Ballot> ballots = new ArrayList<>();
    private final List<Integer> units = new ArrayList<>();

    /** @param answer empty for none */
    private ConfidenceTest votes(int count, String answer, double score) {
        for (int i = 0; i < count; i++) {
            int index = ballots.size();
            Answer given = answer.isEmpty() ? null : new Answer(answer, answer, true);
            List<Double> scores = Double.isNaN(score) ? List.of() : List.of(score);
            Completion completion = new Completion("text " + index, given, scores, score, true, 1, -index);
            ballots.add(new Ballot(completion, index, index, true));
            units.add(index);
        }
        return this;
    }

    private Confidence of(Selection selection, boolean doubtful) {
        return Confidence.of(Election.hold(ballots, selection, SearchConfig.DEFAULT), ballots, units, doubtful, true);
    }

    private Level majority() {
        return of(Selection.MAJORITY, false).level();
    }

    private Level weighted() {
        return of(Selection.WEIGHTED, false).level();
    }

    @Test
    void fourThatAgreeAreTheFewestForHighConfidence() {
        assertThat(votes(3, "a", NONE).majority()).isEqualTo(Level.MEDIUM);
        assertThat(votes(1, "a", NONE).majority()).isEqualTo(Level.HIGH);
    }

    /** Wilson's interval of 29 of 65 is 0.33 to 0.57. */
    @Test
    void lessThanHalfIsLowHoweverManyVote() {
        votes(29, "a", NONE).votes(20, "b", NONE).votes(16, "c", NONE);
        Confidence confidence = of(Selection.MAJORITY, false);

        assertThat(confidence.level()).isEqualTo(Level.LOW);
        assertThat(confidence.share()).isCloseTo(.446, within(.001));
        assertThat(confidence.shareLow()).isCloseTo(.332, within(.001));
        assertThat(confidence.shareHigh()).isCloseTo(.567, within(.001));
        assertThat(confidence.inWords()).isEqualTo("29 of 65 completions agree, 45 % of the vote (33 to 57 %)");
    }

    /** 3 against 1: the beta distribution (4, 2) has 0.8125 above a half; 2 against 1 has 0.6875. */
    @Test
    void theSecondDecidesWhetherMoreThanHalfIsEnough() {
        assertThat(Confidence.ahead(3, 1)).isCloseTo(.8125, within(1e-9));
        assertThat(votes(2, "a", NONE).votes(1, "b", NONE).majority()).isEqualTo(Level.LOW);
        assertThat(votes(1, "a", NONE).majority()).isEqualTo(Level.MEDIUM);
        ballots.clear();
        units.clear();
        votes(52, "a", NONE).votes(48, "b", NONE);
        assertThat(majority()).as("as many as that, and hardly ahead").isEqualTo(Level.LOW);
    }

    @Test
    void completionsWithoutAnAnswerCountAgainstIt() {
        votes(4, "a", NONE).votes(5, "", NONE);
        assertThat(of(Selection.MAJORITY, false).share()).isCloseTo(4 / 9.0, within(1e-9));
        assertThat(majority()).isEqualTo(Level.LOW);
    }

    @Test
    void agreementOnWhatTheJudgeTakesForWrongIsNotHigh() {
        assertThat(votes(16, "a", .3).weighted()).isEqualTo(Level.MEDIUM);
        ballots.clear();
        units.clear();
        assertThat(votes(16, "a", .05).weighted()).isEqualTo(Level.LOW);
        ballots.clear();
        units.clear();
        assertThat(votes(16, "a", .9).weighted()).isEqualTo(Level.HIGH);
    }

    /** One weight of 0.9 beside 15 of 0.02 is worth (1.2)^2 / 0.816 = 1.76 samples. */
    @Test
    void oneScoreThatOutweighsAllOthersIsOneSample() {
        votes(1, "a", .9).votes(15, "b", .02);
        Confidence confidence = of(Selection.WEIGHTED, false);

        assertThat(confidence.share()).isCloseTo(.75, within(1e-9));
        assertThat(confidence.shareLow()).isCloseTo(Wilson.of(.75, 1.44 / .816).low(), within(1e-9));
        assertThat(confidence.level()).isEqualTo(Level.LOW);
    }

    @Test
    void pathsThatBeginAlikeAreOneSample() {
        votes(16, "a", NONE);
        units.replaceAll(unit -> unit % 2);
        assertThat(majority()).isEqualTo(Level.MEDIUM);
    }

    @Test
    void whatStandsAloneIsAsSureAsItsScore() {
        assertThat(votes(1, "a", NONE).majority()).isEqualTo(Level.UNKNOWN);
        ballots.clear();
        units.clear();
        assertThat(votes(1, "a", .85).weighted()).isEqualTo(Level.MEDIUM);
        ballots.clear();
        units.clear();
        assertThat(votes(1, "a", .7).weighted()).isEqualTo(Level.LOW);
    }

    @Test
    void aReplyWithoutShortAnswerIsAsSureAsItsScore() {
        assertThat(votes(3, "", NONE).majority()).isEqualTo(Level.UNKNOWN);
        ballots.clear();
        units.clear();
        assertThat(votes(3, "", .9).weighted()).isEqualTo(Level.MEDIUM);
        ballots.clear();
        units.clear();
        assertThat(votes(3, "", .4).weighted()).isEqualTo(Level.LOW);
    }

    @Test
    void logOddsAreNoBelief() {
        votes(4, "a", 7).votes(1, "b", -3);
        assertThat(of(Selection.NAIVE, false).belief()).isNull();
    }

    @Test
    void doubtAndDisbeliefAreLow() {
        votes(16, "a", .9);
        assertThat(of(Selection.WEIGHTED, true).level()).isEqualTo(Level.LOW);
        ballots.clear();
        units.clear();
        assertThat(votes(16, "a", .001).weighted()).isEqualTo(Level.LOW);
    }
}
