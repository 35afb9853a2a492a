package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.espalier.search.SearchMethod.DVTS;
import static org.espalier.testing.ScriptedPolicy.ending;

import java.util.concurrent.CompletableFuture;
import org.espalier.model.Completion;
import org.espalier.model.StopReason;
import org.espalier.search.SearchNode.Fate;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.junit.jupiter.api.Test;

/** DVTS with strict semantics. */
class DvtsTest {
    /**
     * N = 4, M = 2: two subtrees. Scores in parentheses, * committed, ! finished.
     *
     * <pre>
     * subtree 0          subtree 1
     * a .6* ── 1 .3!     c .2
     *      └── 2 .8*!    d .5* ── 3 .6!
     * b .5                    └── e .7* ── 4 .5*!
     *                                  └── f .4
     * </pre>
     */
    private static Trial tree(EventLoop loop) {
        Trial trial = new Trial(loop);
        trial.policy
                .on("", "a|", "b|", "c|", "d|")
                .on("a|", "1", "2")
                .on("d|", "3", "e|")
                .on("d|e|", "4", "f|");
        return trial.scores(
                "a|", .6, "b|", .5, "c|", .2, "d|", .5, //
                "a|1", .3, "a|2", .8, "d|3", .6, "d|e|", .7, //
                "d|e|4", .5, "d|e|f|", .4);
    }

    private static SearchConfig.Builder config(int n, int beamWidth) {
        return SearchConfig.builder().n(n).beamWidth(beamWidth);
    }

    @Test
    void everySubtreeCommitsItsBestStepUntilItIsFinished() {
        Solution solution = tree(EventLoop.inOrder()).solve(DVTS, config(4, 2));

        assertThat(Trial.paths(solution, Fate.KEPT)).containsExactly("a|", "d|", "d|e|");
        assertThat(Trial.paths(solution, Fate.COMPLETED)).containsExactly("a|1", "a|2", "d|e|4");
        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("b|", "c|", "d|3", "d|e|f|");
    }

    /** Of subtree 1, f is not finished (issue #57), and 3 lost to a step that went on. */
    @Test
    void completionsAreTheFinishedSiblingsOfEachSubtreesLastStep() {
        Solution solution = tree(EventLoop.inOrder()).solve(DVTS, config(4, 2));

        assertThat(Trial.completions(solution)).containsExactly("a|1", "a|2", "d|e|4");
        assertThat(solution.ballots()).extracting(Ballot::index).containsExactly(0, 1, 2);
        assertThat(solution.completions()).allMatch(Completion::finished);
        assertThat(Trial.answer(solution)).isEqualTo("2");
        assertThat(solution.agreement()).isCloseTo(.8 / (.3 + .8 + .5), within(1e-9));
    }

    @Test
    void answerAtKUsesTheFirstSubtrees() {
        Solution solution = tree(EventLoop.inOrder())
                .scores(
                        "a|", .6, "b|", .5, "c|", .2, "d|", .5, //
                        "a|1", .3, "a|2", .4, "d|3", .6, "d|e|", .7, //
                        "d|e|4", .9, "d|e|f|", .4)
                .solve(DVTS, config(4, 2));

        assertThat(solution.answerAt(4, Selection.WEIGHTED).orElseThrow().text())
                .isEqualTo("4");
        assertThat(solution.answerAt(2, Selection.WEIGHTED).orElseThrow().text())
                .isEqualTo("2");
    }

    @Test
    void countsEveryToken() {
        Usage usage = tree(EventLoop.inOrder()).solve(DVTS, config(4, 2)).usage();

        assertThat(usage.policyTokens()).isEqualTo(10);
        assertThat(usage.committedTokens()).as("a 1 2 d e 4").isEqualTo(6);
        assertThat(usage.discardedTokens()).as("b c 3 f").isEqualTo(4);
    }

    /** Everything about subtree 0 is held back after its first step; subtree 1 comes to its end meanwhile. */
    @Test
    void subtreeNeverWaitsForAnotherOne() {
        Trial trial = tree(EventLoop.inOrder());
        trial.loop.hold(about -> about.startsWith("a\n\n"));
        CompletableFuture<Solution> solution = trial.start(DVTS, config(4, 2));
        trial.loop.run();

        assertThat(trial.events).contains("completed d|e|4").doesNotContain("proposed a|");
        assertThat(trial.judged()).contains("d|e|f|").doesNotContain("a|");
        assertThat(solution).isNotDone();
        trial.loop.hold(about -> false);
        assertThat(Trial.completions(trial.check(trial.loop.await(solution)))).containsExactly("a|1", "a|2", "d|e|4");
    }

    @Test
    void answersInAnyOrderGiveTheSameSolution() {
        Solution expected = tree(EventLoop.inOrder()).solve(DVTS, config(4, 2));
        for (long seed = 0; seed < 50; seed++) {
            Solution solution = tree(EventLoop.shuffled(seed)).solve(DVTS, config(4, 2));
            assertThat(Trial.completions(solution)).as("seed %d", seed).isEqualTo(Trial.completions(expected));
            assertThat(solution.completions()).isEqualTo(expected.completions());
        }
    }

    /** Subtree s's first candidates are children s·M … s·M + M − 1 of the root; later ones count from 0. */
    @Test
    void subtreesShareTheRootsChildren() {
        Solution solution = tree(EventLoop.inOrder()).solve(DVTS, config(4, 2));

        assertThat(solution.tree().nodes().subList(1, 7))
                .extracting(SearchNode::childIndex)
                .containsExactly(0, 1, 2, 3, 0, 1);
        assertThat(solution.tree().nodes().get(4).seed()).isEqualTo(Seeds.child(Seeds.root(42, "p"), 3, 1));
        assertThat(solution.tree().nodes().get(7).seed())
                .as("d's first child continues d's stream")
                .isEqualTo(solution.tree().nodes().get(4).seed());
    }

    @Test
    void tiesGoToTheFirstCandidate() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|").on("a|", "1", "2");
        Solution solution = trial.solve(DVTS, config(2, 2));

        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("b|");
        assertThat(Trial.completions(solution)).containsExactly("a|1", "a|2");
    }

    /** a hits the context's end with the best score; b, which can go on, is committed. */
    @Test
    void deadEndIsNotCommittedWhileASiblingCanGoOn() {
        Trial trial = new Trial();
        trial.policy.on("", ending("a", StopReason.CONTEXT), "b|").on("b|", "1", "2");
        Solution solution =
                trial.scores("a", .9, "b|", .1, "b|1", .5, "b|2", .6).solve(DVTS, config(2, 2));

        assertThat(Trial.completions(solution)).containsExactly("b|1", "b|2");
    }

    /** All candidates are dead ends: the one that states its answer is reported, and nothing votes. */
    @Test
    void subtreeOfDeadEndsReportsItsBestAsUnfinished() {
        Trial trial = new Trial();
        trial.policy.on("", ending("3", StopReason.CONTEXT), ending("boxed{4}", StopReason.CONTEXT));
        Solution solution = trial.scores("3", .9, "boxed{4}", .1).solve(DVTS, config(2, 2));

        assertThat(Trial.completions(solution)).containsExactly("boxed{4}");
        assertThat(solution.votes()).isEmpty();
        assertThat(Trial.answer(solution)).isEqualTo("4");
        assertThat(Trial.paths(solution, Fate.ABANDONED)).containsExactly("boxed{4}");
    }

    @Test
    void boxedAnswerAloneDoesNotEndASubtree() {
        Trial trial = new Trial();
        trial.policy.on("", "boxed{1}|").on("boxed{1}|", "boxed{2}");
        assertThat(Trial.completions(trial.solve(DVTS, config(1, 1)))).containsExactly("boxed{1}|boxed{2}");
    }

    /** maxIterations = 2: all candidates of the second step run to the end. */
    @Test
    void lastIterationRunsToTheEnd() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|").on("a|", "c|", "d|").on("a|c|", "1").on("a|d|", "2");
        trial.prm = new FakePrm(trial.loop, path -> path.startsWith("a") ? .9 : .1);
        Solution solution = trial.solve(DVTS, config(2, 2).maxIterations(2));

        assertThat(Trial.completions(solution)).containsExactly("a|c|1", "a|d|2");
    }

    /**
     * M = 2, lookahead 2. By its own step a is better; two greedy steps later b is (Snell et al. §5.2).
     *
     * <pre>
     * a .9 ┄ p .5 ┄ q .1
     * b .2 ┄ r .5 ┄ s .8
     * </pre>
     */
    @Test
    void lookaheadJudgesACandidateByTheEndOfItsGreedyRollout() {
        Trial trial = new Trial();
        trial.policy
                .on("", "a|", "b|")
                .greedily("a|", "p|")
                .greedily("a|p|", "q|")
                .greedily("b|", "r|")
                .greedily("b|r|", "s")
                .on("b|", "1", "2");
        trial.scores(
                "a|", .9, "a|p|", .5, "a|p|q|", .1, //
                "b|", .2, "b|r|", .5, "b|r|s", .8, //
                "b|1", .3, "b|2", .4);
        Solution solution = trial.solve(DVTS, config(2, 2).lookahead(2));

        assertThat(Trial.completions(solution)).containsExactly("b|1", "b|2");
        assertThat(solution.completions().get(0).stepScores())
                .as("rollouts are not part of the path")
                .containsExactly(.2, .3);
        assertThat(Trial.paths(solution, Fate.LOOKAHEAD)).containsExactly("a|p|", "b|r|", "a|p|q|", "b|r|s");
        assertThat(solution.usage().discardedTokens()).as("a p q r s").isEqualTo(5);
    }
}
