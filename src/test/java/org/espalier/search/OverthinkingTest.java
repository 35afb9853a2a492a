package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.espalier.search.SearchMethod.BEST_OF_N;
import static org.espalier.search.SearchMethod.DVTS;
import static org.espalier.testing.ScriptedPolicy.ending;

import org.espalier.model.Completion;
import org.espalier.model.StopReason;
import org.espalier.model.UsageException;
import org.espalier.search.SearchNode.Fate;
import org.junit.jupiter.api.Test;

/** Paths that end before the policy would end them: {@code stopAtScore} and {@code cutLoops}. */
class OverthinkingTest {
    private static SearchConfig.Builder stopAt(double score, int n) {
        return SearchConfig.builder().n(n).params(new MethodParams(null, .5, 1, 4, score, false, false));
    }

    private static SearchConfig.Builder cutLoops(int n) {
        return SearchConfig.builder().n(n).params(new MethodParams(null, .5, 1, 4, null, true, false));
    }

    /** The PRM believes 1 and not 2: sample 0 ends there and votes; sample 1 thinks again. */
    @Test
    void answerThatThePrmBelievesEndsTheCompletion() {
        Trial trial = new Trial();
        trial.policy.on("", "boxed{1}|", "boxed{2}|").on("boxed{2}|", "boxed{3}");
        trial.scores("boxed{1}|", .8, "boxed{2}|", .79, "boxed{2}|boxed{3}", .5);
        Solution solution = trial.solve(BEST_OF_N, stopAt(.8, 2));

        assertThat(Trial.completions(solution)).containsExactly("boxed{1}|", "boxed{2}|boxed{3}");
        assertThat(solution.completions()).allMatch(Completion::finished);
        assertThat(Trial.answer(solution)).isEqualTo("1");
    }

    /** The number 7 is read as a guess, but not stated as the answer. */
    @Test
    void guessDoesNotEndTheCompletion() {
        Trial trial = new Trial();
        trial.policy.on("", "7|").on("7|", "boxed{1}");
        Solution solution = trial.scores("7|", .99, "7|boxed{1}", .9).solve(BEST_OF_N, stopAt(.8, 1));

        assertThat(Trial.completions(solution)).containsExactly("7|boxed{1}");
    }

    @Test
    void treeSearchTakesItForFinished() {
        Trial trial = new Trial();
        trial.policy.on("", "boxed{1}|", "b|");
        Solution solution = trial.scores("boxed{1}|", .9, "b|", .2)
                .solve(DVTS, stopAt(.8, 2).beamWidth(2));

        assertThat(Trial.completions(solution)).containsExactly("boxed{1}|");
        assertThat(Trial.paths(solution, Fate.COMPLETED)).containsExactly("boxed{1}|");
    }

    /** The fourth equal step is one too many; the path does not vote. */
    @Test
    void stepThatIsWrittenAgainAndAgainEndsThePath() {
        Trial trial = new Trial();
        trial.policy
                .on("", "a|", "1")
                .on("a|", "b|")
                .on("a|b|", "b|")
                .on("a|b|b|", "b |")
                .on("a|b|b|b |", "b|");
        Solution solution = trial.solve(BEST_OF_N, cutLoops(2));

        assertThat(Trial.completions(solution)).containsExactly("a|b|b|b |b|", "1");
        assertThat(solution.ballots()).extracting(Ballot::counts).containsExactly(false, true);
    }

    @Test
    void stepThatRepeatsItselfEndsThePath() {
        Trial trial = new Trial();
        trial.policy.on("", ending("a a a", StopReason.REPETITION), "1");
        Solution solution = trial.solve(BEST_OF_N, cutLoops(2));

        assertThat(Trial.paths(solution, Fate.ABANDONED)).containsExactly("a a a");
        assertThat(trial.policy.calls()).allMatch(call -> call.request().cutLoops());
    }

    @Test
    void searchAndLearnHasNeither() {
        assertThatThrownBy(() -> cutLoops(2).semantics(Semantics.SAL).build().validateFor(BEST_OF_N))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("cutLoops");
        assertThatThrownBy(() -> stopAt(.5, 2).semantics(Semantics.SAL).build().validateFor(BEST_OF_N))
                .isInstanceOf(UsageException.class);
    }
}
