package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.espalier.search.SearchMethod.AUTO;
import static org.espalier.search.SearchMethod.BEAM;
import static org.espalier.search.SearchMethod.BEST_OF_N;
import static org.espalier.search.SearchMethod.DVTS;
import static org.espalier.search.SearchMethod.MAJORITY;
import static org.espalier.testing.ScriptedPolicy.ending;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.espalier.model.Budget;
import org.espalier.model.Completion;
import org.espalier.model.Limit;
import org.espalier.model.StopReason;
import org.espalier.search.SearchNode.Fate;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePolicy;
import org.espalier.testing.FakePrm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Searches that a limit ends. */
class AnytimeTest {
    private static SearchConfig.Builder config(int n, int beamWidth) {
        return SearchConfig.builder().n(n).beamWidth(beamWidth);
    }

    /** Runs until only these answers are left, cancels, and lets them come. */
    private static Solution cancelBefore(
            Trial trial, SearchMethod method, SearchConfig.Builder config, Predicate<String> held) {
        trial.loop.hold(held);
        CompletableFuture<Solution> solution = trial.start(method, config);
        trial.loop.run();
        assertThat(solution).isNotDone();
        trial.meter.cancel();
        trial.loop.hold(about -> false);
        return trial.check(trial.loop.await(solution));
    }

    /** n = 4, M = 2: 1 and 2 are finished in the second iteration, cancelled in the third with "boxed{3}" half written. */
    @Test
    void beamKeepsWhatIsFinishedAndReportsTheRestAsUnfinished() {
        Trial trial = new Trial();
        trial.policy
                .on("", "a|", "b|", "c|", "d|")
                .on("a|", "1", "e|")
                .on("b|", "2", "f|")
                .on("a|e|", "boxed{3} w w w", "g w|");
        trial.prm = new FakePrm(trial.loop, path -> path.startsWith("a") || path.startsWith("b") ? .9 : .1);
        Solution solution =
                cancelBefore(trial, BEAM, config(4, 2), about -> about.startsWith("a\n\ne\n\n") && about.length() > 6);

        assertThat(Trial.completions(solution)).containsExactly("a|1", "b|2", "a|e|boxed{3} w ", "a|e|g ");
        assertThat(solution.completions()).extracting(Completion::finished).containsExactly(true, true, false, false);
        assertThat(solution.votes()).extracting(Vote::answer).containsExactly("1", "2");
        assertThat(solution.stoppedBy()).isEqualTo(Limit.CANCELLED);
        assertThat(trial.policy.calls())
                .as("nothing is asked for after the cancel")
                .hasSize(10);
    }

    /** Subtree 0 is finished, subtree 1 in its second step. */
    @Test
    void dvtsKeepsItsFinishedSubtrees() {
        Trial trial = new Trial();
        trial.policy.on("", "1", "2", "c|", "d|").on("c|", "w w w w", "boxed{3} w w w");
        Solution solution =
                cancelBefore(trial, DVTS, config(4, 2), about -> about.startsWith("c\n\n") && about.length() > 3);

        assertThat(Trial.completions(solution)).containsExactly("1", "2", "c|boxed{3} w ");
        assertThat(solution.ballots())
                .extracting(Ballot::index, Ballot::counts)
                .containsExactly(tuple(0, true), tuple(1, true), tuple(3, false));
        assertThat(Trial.paths(solution, Fate.ABANDONED)).containsExactly("c|boxed{3} w ");
        assertThat(Trial.answer(solution)).isEqualTo("1");
    }

    @Test
    void parityDvtsDoesNotLetPartialStepsVote() {
        Trial trial = new Trial();
        trial.policy.on("", "1", "c|").on("c|", "9 w w w", "9 w w w");
        trial.prm = new FakePrm(trial.loop, path -> path.startsWith("c") ? .9 : .1);
        Solution solution = cancelBefore(
                trial,
                DVTS,
                config(2, 2).semantics(Semantics.SAL),
                about -> about.startsWith("c\n\n") && about.length() > 3 && !about.endsWith(FakePrm.EMPTY));

        assertThat(Trial.completions(solution)).containsExactly("c|9 w ");
        assertThat(solution.ballots()).noneMatch(Ballot::counts);
        assertThat(solution.answer()).isNull();
    }

    /** The PRM has judged a and not 1: the completion has a's score alone. */
    @Test
    void cancelledScoringLeavesTheScoresSoFar() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "2").on("a|", "1");
        trial.scores("a|", .6, "a|1", .9, "2", .9);
        boolean[] late = new boolean[1];
        trial.prm = new FakePrm(task -> trial.loop.execute(new EventLoop.Answer(late[0] ? "late" : "", task)), path -> {
            late[0] = true;
            return .6;
        });
        Solution solution = cancelBefore(trial, BEST_OF_N, config(2, 1), "late"::equals);

        assertThat(solution.completions())
                .extracting(Completion::text, Completion::finished, Completion::stepScores)
                .contains(tuple("a\n\n1", true, List.of(.6)));
        assertThat(solution.stoppedBy()).isEqualTo(Limit.CANCELLED);
    }

    /** Nothing could be judged: the majority decides, whatever the selection. */
    @Test
    void unscoredCompletionsVoteByMajority() {
        Trial trial = new Trial();
        trial.policy.on("", "1", "2", "2");
        trial.prm = new FakePrm(task -> trial.loop.execute(new EventLoop.Answer("prm", task)), path -> .5);
        Solution solution = cancelBefore(trial, BEST_OF_N, config(3, 1).selection(Selection.NAIVE), "prm"::equals);

        assertThat(solution.completions()).allMatch(completion -> Double.isNaN(completion.score()));
        assertThat(Trial.answer(solution)).isEqualTo("2");
        assertThat(solution.agreement()).isEqualTo(2 / 3.0);
    }

    /** Six tokens pay for a | 1 and for c | d; the step after d is cut to one word. */
    @Test
    void tokenBudgetCutsTheStepThatExceedsIt() {
        Trial trial = new Trial().budget(new Budget(6, null));
        trial.policy.on("", "a|", "c|").on("a|", "1").on("c|", "d d|").on("c|d d|", "w w w");
        Solution solution = trial.solve(MAJORITY, config(2, 1));

        assertThat(Trial.completions(solution)).containsExactly("a|1", "c|d d|w ");
        assertThat(solution.usage().policyTokens()).isEqualTo(6);
        assertThat(solution.stoppedBy()).isEqualTo(Limit.TOKENS);
        assertThat(Trial.answer(solution)).isEqualTo("1");
    }

    /** The budget is used up, but nothing was missing. */
    @Test
    void limitThatIsReachedWithTheLastTokenStopsNothing() {
        Trial trial = new Trial().budget(new Budget(2, null));
        trial.policy.on("", "1", "2");
        assertThat(trial.solve(MAJORITY, config(2, 1)).stoppedBy()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void deadlineThatHasPassedGivesASolutionWithoutAnAnswerAtOnce(SearchMethod method) {
        Trial trial = new Trial().budget(new Budget(Long.MAX_VALUE, Duration.ofNanos(1)));
        trial.policy.on("", "a|", "b|").on("a|", "1").on("b|", "2");
        Solution solution = trial.solve(method, config(2, 1));

        assertThat(solution.answer()).isNull();
        assertThat(solution.stoppedBy()).isEqualTo(Limit.DEADLINE);
        assertThat(trial.policy.calls().size()).isLessThanOrEqualTo(2);
        assertThat(solution.completions()).allMatch(completion -> !completion.finished());
    }

    /** Whenever the cancel comes, in whatever order the answers do. */
    @ParameterizedTest
    @EnumSource
    void cancelAtAnyEventEndsTheSearchCleanly(SearchMethod method) {
        for (int event = 1; event < 40; event++) {
            int cancelAt = event;
            Trial trial = bushyTree(EventLoop.shuffled(event));
            int[] seen = new int[1];
            SearchListener canceller = new SearchListener() {
                @Override
                public void proposed(SearchNode node) {
                    if (++seen[0] == cancelAt) {
                        trial.meter.cancel();
                    }
                }

                @Override
                public void scored(SearchNode node) {
                    proposed(node);
                }
            };
            Solution solution = trial.loop.await(new Solver(trial.policy, trial.prm, new BoxedReader())
                    .start(Trial.PROBLEM, method, config(4, 2).build(), trial.meter, canceller));
            trial.check(solution);
            assertThat(solution.completions().size()).as("event %d", event).isBetween(1, method == AUTO ? 5 : 4);
        }
    }

    private static Trial bushyTree(EventLoop loop) {
        Trial trial = new Trial(loop);
        String[] four = {"a|", "b|", "c|", "1"};
        trial.policy
                .on("", four)
                .on(FakePolicy.asked(Refine.CRITIQUE), "wrong", "wrong", "wrong")
                .on(FakePolicy.asked(Refine.REVISION), "2")
                .on(FakePolicy.asked(Revise.REVISION), "3")
                .on(AbMctsTest.again(.5), "3", "3", "3", "3");
        for (String first : four) {
            trial.policy.on(first, four);
            for (String second : four) {
                trial.policy.on(first + second, "1", "2", "3", "4");
            }
        }
        return trial;
    }

    @Test
    void aFullContextIsNamedWhereNothingWasFinished() {
        Trial trial = new Trial();
        trial.policy.on("", ending("boxed{1} w", StopReason.CONTEXT), ending("2", StopReason.CONTEXT));
        Solution solution = trial.solve(MAJORITY, config(2, 1));
        assertThat(solution.stoppedBy()).isEqualTo(Limit.CONTEXT);
        assertThat(Trial.answer(solution)).isEqualTo("1");

        Trial oneFinished = new Trial();
        oneFinished.policy.on("", ending("boxed{1} w", StopReason.CONTEXT), "2");
        assertThat(oneFinished.solve(MAJORITY, config(2, 1)).stoppedBy()).isNull();
    }
}
