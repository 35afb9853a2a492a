package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.search.SearchMethod.MAJORITY;
import static org.espalier.search.SearchMethod.SHORT_M;

import org.espalier.model.Budget;
import org.espalier.model.Completion;
import org.espalier.model.Limit;
import org.espalier.search.SearchNode.Fate;
import org.junit.jupiter.api.Test;

/** k completions of given lengths: the first m that are finished vote. */
class ShortMAtKTest {
    private static final int ROUND = 64;

    private static SearchConfig.Builder config(int k, int m) {
        return SearchConfig.builder().n(k).shortest(m).selection(Selection.MAJORITY);
    }

    private static String words(String name, int count) {
        return (name + " ").repeat(count);
    }

    /** Has the next completion write so many words, round by round, and this answer as the last one. */
    private static String completion(Trial trial, String name, int tokens, String answer) {
        String text = words(name, tokens - 1) + "boxed{" + answer + "}";
        for (int written = ROUND; written < tokens; written += ROUND) {
            trial.policy.on(
                    words(name, written), text.substring(words(name, written).length()));
        }
        return text;
    }

    private static Trial lengths() {
        Trial trial = new Trial();
        trial.policy.on(
                "",
                completion(trial, "a", 200, "1"),
                completion(trial, "b", 70, "2"),
                completion(trial, "c", 90, "3"),
                completion(trial, "d", 60, "3"),
                completion(trial, "e", 100, "1"));
        return trial;
    }

    @Test
    void theShortestVoteAndTheLongestAreNotWrittenToTheirEnd() {
        Solution solution = lengths().solve(SHORT_M, config(5, 3));
        // Finished after two rounds: d (60), b (70), c (90), e (100). The first three vote: 3, 2, 3.
        assertThat(Trial.answer(solution)).isEqualTo("3");
        assertThat(solution.votes()).extracting(Vote::answer).containsExactly("3", "2");
        assertThat(solution.ballots())
                .filteredOn(Ballot::counts)
                .extracting(Ballot::index)
                .containsExactly(3, 1, 2);
        assertThat(solution.usage().policyTokens()).isEqualTo(60 + 70 + 90 + 100 + 2 * ROUND);
        assertThat(solution.stoppedBy()).isNull();
    }

    @Test
    void oneFinishedIsEnoughForOne() {
        Solution solution = lengths().solve(SHORT_M, config(5, 1));
        assertThat(Trial.answer(solution)).isEqualTo("3");
        assertThat(solution.usage().policyTokens()).isEqualTo(60 + 4 * ROUND);
        assertThat(Trial.paths(solution, Fate.COMPLETED)).hasSize(1);
    }

    @Test
    void ofAnswersWithAsManyVotesTheShortestWins() {
        Solution solution = lengths().solve(SHORT_M, config(5, 2));
        assertThat(solution.votes()).extracting(Vote::answer).containsExactly("3", "2");
        assertThat(Trial.answer(solution)).isEqualTo("3");
    }

    @Test
    void moreThanThereAreIsAllOfThem() {
        Solution solution = lengths().solve(SHORT_M, config(5, 9));
        Solution all = lengths().solve(MAJORITY, config(5, 9));
        assertThat(solution.usage().policyTokens()).isEqualTo(all.usage().policyTokens());
        assertThat(Trial.answer(solution)).isEqualTo("3");
        assertThat(solution.ballots()).allMatch(Ballot::counts);
    }

    @Test
    void aLimitLeavesWhatIsFinished() {
        Trial trial = lengths().budget(new Budget(60 + 4 * ROUND + ROUND + 6 + 5, null));
        Solution solution = trial.solve(SHORT_M, config(5, 3));
        assertThat(solution.stoppedBy()).isEqualTo(Limit.TOKENS);
        assertThat(Trial.answer(solution)).isEqualTo("3");
        assertThat(solution.completions()).filteredOn(Completion::finished).hasSize(2);
    }

    @Test
    void completionsThatRunOutOfTokensDoNotVote() {
        Solution solution = lengths().solve(SHORT_M, config(5, 3).maxTokens(80));
        assertThat(solution.votes()).extracting(Vote::answer).containsExactly("3", "2");
    }
}
