package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.search.SearchMethod.REVISE;
import static org.espalier.testing.FakePolicy.asked;
import static org.espalier.testing.ScriptedPolicy.ending;

import org.espalier.model.StopReason;
import org.espalier.search.SearchNode.Fate;
import org.junit.jupiter.api.Test;

class ReviseTest {
    private static final String AGAIN = asked(Revise.REVISION);

    private static SearchConfig.Builder config(int n, int revisions) {
        return SearchConfig.builder().n(n).params(new MethodParams(null, .5, 1, revisions, null, false, false));
    }

    /** N = 4 in chains of 2: a | 1 becomes 2, and 3 becomes 2. */
    @Test
    void allAttemptsOfAllChainsVote() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "3").on("a|", "1").on(AGAIN, "2");
        trial.scores("a|", .9, "a|1", .5, "3", .6, "2", .4);
        Solution solution = trial.solve(REVISE, config(4, 2));

        assertThat(trial.extended()).contains("a|1" + AGAIN, "3" + AGAIN).hasSize(5);
        assertThat(trial.judged())
                .as("a revision is judged as if it were the first")
                .contains("2");
        assertThat(Trial.completions(solution)).containsExactly("a|1", "2", "3", "2");
        assertThat(solution.ballots()).extracting(Ballot::index).containsExactly(0, 1, 2, 3);
        assertThat(Trial.answer(solution)).as(".8 against .5 and .6").isEqualTo("2");
        assertThat(solution.usage().discardedTokens()).isZero();
        assertThat(solution.usage().policyTokens()).isEqualTo(5);
    }

    @Test
    void laterAttemptsReadAllEarlierOnes() {
        Trial trial = new Trial();
        trial.policy.on("", "1").on(AGAIN, "2");
        trial.solve(REVISE, config(3, 3));

        assertThat(trial.extended()).containsExactly("", "1" + AGAIN, "1" + AGAIN + "2" + AGAIN);
    }

    @Test
    void revisionsOfOneAttemptAreBestOfN() {
        Trial trial = new Trial();
        trial.policy.on("", "1", "2", "3");
        assertThat(Trial.completions(trial.solve(REVISE, config(3, 1)))).containsExactly("1", "2", "3");
    }

    @Test
    void unfinishedAttemptIsNotRevised() {
        Trial trial = new Trial();
        trial.policy.on("", ending("1", StopReason.CONTEXT));
        Solution solution = trial.solve(REVISE, config(2, 2));

        assertThat(Trial.completions(solution)).containsExactly("1");
        assertThat(Trial.paths(solution, Fate.ABANDONED)).containsExactly("1");
    }
}
