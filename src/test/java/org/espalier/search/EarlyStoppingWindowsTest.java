package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.search.SearchMethod.BEST_OF_N;
import static org.espalier.search.SearchMethod.DVTS;
import static org.espalier.search.SearchMethod.MAJORITY;

import java.util.Arrays;
import java.util.stream.Stream;
import org.espalier.model.Budget;
import org.espalier.model.Limit;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EarlyStoppingWindowsTest {
    private static String[] times(int n, String text) {
        return Stream.generate(() -> text).limit(n).toArray(String[]::new);
    }

    private static String[] join(String[] first, String... second) {
        return Stream.concat(Arrays.stream(first), Arrays.stream(second)).toArray(String[]::new);
    }

    /** 4 : 0 of 16 stays ahead with 0.98; the second window is not asked for. */
    @Test
    void majorityStopsWhenTheVoteIsSettled() {
        Trial trial = new Trial();
        trial.policy.on("", times(16, "1"));
        Solution solution = trial.solve(MAJORITY, SearchConfig.builder().n(16).stopAt(.95));

        assertThat(trial.policy.calls()).hasSize(4);
        assertThat(solution.settled()).isTrue();
        assertThat(solution.stoppedBy()).isNull();
        assertThat(Trial.answer(solution)).isEqualTo("1");
    }

    /** 3 : 1 of 16 is not settled; 7 : 1 of 16 is, for 0.95. */
    @Test
    void nextWindowIsAskedForOtherwise() {
        Trial trial = new Trial();
        trial.policy.on("", join(new String[] {"1", "2"}, times(14, "1")));
        Solution solution = trial.solve(MAJORITY, SearchConfig.builder().n(16).stopAt(.95));

        assertThat(trial.policy.calls()).hasSize(8);
        assertThat(solution.settled()).isTrue();
    }

    /** The same four answers; the PRM does not believe them. */
    @Test
    void agreementOnPoorCompletionsDoesNotSettleAWeightedVote() {
        for (double score : new double[] {.01, 1}) {
            Trial trial = new Trial();
            trial.policy.on("", join(times(4, "w 1"), times(12, "1")));
            trial.prm = new FakePrm(trial.loop, path -> path.startsWith("w") ? score : .9);
            Solution solution = trial.solve(
                    BEST_OF_N, SearchConfig.builder().n(16).stopAt(.95).selection(Selection.WEIGHTED));
            assertThat(solution.completions().size()).isEqualTo(score == 1 ? 4 : 8);
        }
    }

    /** Whole subtrees of two: a window of four is two of them, and each is one vote. */
    @Test
    void dvtsStopsBetweenSubtrees() {
        Trial trial = new Trial();
        trial.policy.on("", times(16, "1"));
        trial.prm = new FakePrm(trial.loop, path -> 1);
        Solution solution =
                trial.solve(DVTS, SearchConfig.builder().n(16).beamWidth(2).stopAt(.8));

        assertThat(solution.completions()).hasSize(4);
        assertThat(solution.settled()).isTrue();
    }

    /** Stopping never changes what is drawn: the completions are the first ones of the whole search. */
    @ParameterizedTest
    @EnumSource(names = {"MAJORITY", "BEST_OF_N", "DVTS"})
    void completionsAreTheFirstOfTheWholeSearch(SearchMethod method) {
        int settled = 0;
        for (long seed = 0; seed < 60; seed++) {
            SearchConfig.Builder whole = SearchConfig.builder().seed(seed).n(24).beamWidth(2);
            Solution all =
                    RandomTreesTest.run(method, whole, EventLoop.shuffled(seed)).solution();
            Solution some = RandomTreesTest.run(method, whole.stopAt(.6), EventLoop.shuffled(seed))
                    .solution();
            int indices =
                    1 + some.ballots().stream().mapToInt(Ballot::index).max().orElse(-1);
            assertThat(some.completions())
                    .as("seed %d", seed)
                    .isEqualTo(all.ballots().stream()
                            .filter(ballot -> ballot.index() < indices)
                            .map(Ballot::completion)
                            .toList());
            settled += some.settled() ? 1 : 0;
        }
        assertThat(settled).isBetween(5, 60);
    }

    /** A completion has two tokens: after four of them seven are left, which pay for three more; one remains. */
    @Test
    void windowIsCutToWhatTheBudgetPaysFor() {
        Trial trial = new Trial().budget(new Budget(15, null));
        trial.policy.on("", "w 1", "w 2", "w 3", "w 4", "w 5", "w 6", "w 7", "w 8");
        Solution solution = trial.solve(MAJORITY, SearchConfig.builder().n(8).stopAt(.99));

        assertThat(solution.completions()).hasSize(7).allMatch(completion -> completion.finished());
        assertThat(solution.usage().policyTokens()).isEqualTo(14);
        assertThat(solution.stoppedBy()).isEqualTo(Limit.TOKENS);
        assertThat(solution.settled()).isFalse();
    }

    /** Every step has the same score: subtrees would commit their first candidate. The rest are plain samples. */
    @Test
    void blindPrmIsGivenUp() {
        Trial trial = new Trial();
        String[] texts = Stream.iterate(0, i -> i + 1)
                .limit(16)
                .map(i -> "w" + i + " " + i % 3)
                .toArray(String[]::new);
        trial.policy.on("", texts);
        trial.prm = new FakePrm(trial.loop, path -> .5);
        Solution solution =
                trial.solve(DVTS, SearchConfig.builder().n(16).beamWidth(4).stopAt(.999));

        assertThat(solution.tree().isPrmBlind()).isTrue();
        assertThat(trial.judged()).hasSize(8);
        assertThat(solution.ballots()).hasSize(16);
        assertThat(Trial.answer(solution)).isEqualTo("0");
    }
}
