package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.search.SearchMethod.AB_MCTS;
import static org.espalier.testing.FakePolicy.asked;
import static org.espalier.testing.ScriptedPolicy.ending;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import org.espalier.model.Budget;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.model.StopReason;
import org.espalier.search.SearchNode.Fate;
import org.espalier.search.ThompsonTree.Place;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.espalier.testing.ScriptedPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** In the paths that the policy extends, ?…! is a question; the PRM and the solution know only what follows the last. */
class AbMctsTest {
    private static final int SEEDS = 12;

    private static SearchConfig.Builder config(int n, int atOnce, long seed) {
        return SearchConfig.builder().n(n).beamWidth(atOnce).seed(seed);
    }

    static String again(double score) {
        return asked(String.format(Locale.ROOT, AbMcts.SCORED, score) + " " + Revise.REVISION);
    }

    private static String[] times(int n, String text) {
        return IntStream.range(0, n).mapToObj(i -> text).toArray(String[]::new);
    }

    /** Samples are worth .4, their refinements .6, and those of these .8. */
    private static Trial better(int n) {
        Trial trial = new Trial();
        trial.policy
                .on("", times(n, "1"))
                .on(again(.4), times(n, "2"))
                .on(again(.6), times(n, "3"))
                .on(again(.8), times(n, "3"));
        return trial.scores("1", .4, "2", .6, "3", .8);
    }

    /** Of each answer, in their order, which one it refines; -1 for none. */
    private static List<Integer> refined(Solution solution) {
        List<Integer> ends = solution.ballots().stream().map(Ballot::node).toList();
        List<Integer> refined = new ArrayList<>();
        for (int end : ends) {
            SearchNode question =
                    Objects.requireNonNull(solution.tree().nodes().get(end).parent());
            refined.add(
                    question.parent() == null
                            ? -1
                            : ends.indexOf(question.parent().id()));
        }
        return refined;
    }

    @Test
    void oneAnswerIsASample() {
        Trial trial = better(1);
        Solution solution = trial.solve(AB_MCTS, config(1, 1, 1));
        assertThat(trial.extended()).containsExactly("");
        assertThat(Trial.completions(solution)).containsExactly("1");
        assertThat(solution.settled()).isFalse();
    }

    /** The second answer is made from the root or from the first: there is nothing else. */
    @Test
    void secondAnswerIsASampleOrARefinement() {
        List<List<Integer>> trees = new ArrayList<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            Trial trial = better(2);
            trees.add(refined(trial.solve(AB_MCTS, config(2, 1, seed))));
            assertThat(trial.extended().get(1)).isIn("", "1" + again(.4));
        }
        assertThat(trees).contains(List.of(-1, -1), List.of(-1, 0));
    }

    /** Its answers are worth more, and it gets more of the attempts; refinements stay with the policy that wrote the answer. */
    @Test
    void aLargerPolicyIsAnotherArm() {
        List<String> written = new ArrayList<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            EventLoop loop = EventLoop.inOrder();
            ScriptedPolicy small =
                    new ScriptedPolicy(loop).on("", times(12, "1")).on(again(.1), times(12, "1"));
            ScriptedPolicy large =
                    new ScriptedPolicy(loop).on("", times(12, "3")).on(again(.9), times(12, "3"));
            FakePrm prm = FakePrm.scripted(loop, "1", .1, "3", .9);
            Solution solution = loop.await(new Solver(small, large, prm, new BoxedReader())
                    .start(Trial.PROBLEM, AB_MCTS, config(12, 1, seed).build(), new Meter(Budget.UNLIMITED)));
            Trial.checkClosed(small, prm);
            Trial.checkClosed(large, prm);
            Trial.checkAccounts(solution);
            assertThat(solution.ballots()).hasSize(12);
            assertThat(Trial.answer(solution)).isEqualTo("3");
            written.addAll(Trial.completions(solution));
        }
        assertThat(written).containsOnly("1", "3");
        assertThat(Collections.frequency(written, "3")).isGreaterThan(2 * Collections.frequency(written, "1"));
    }

    /** The tree is the one that the same draws make of the same scores. */
    @ParameterizedTest
    @EnumSource
    void treeIsThatOfThompsonSampling(Posterior family) {
        int deepest = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            for (int atOnce : List.of(1, 3)) {
                SearchConfig.Builder config =
                        config(12, atOnce, seed).params(MethodParams.DEFAULT.withPosterior(family));
                Solution solution = better(12).solve(AB_MCTS, config);
                RandomDraws random = new RandomDraws(solution.tree().root().seed());
                ThompsonTree<Integer> tree = new ThompsonTree<>(List.of(-1), family, belief -> belief.draw(random));
                List<Integer> expected = new ArrayList<>();
                List<Integer> depths = new ArrayList<>();
                while (expected.size() < 12) {
                    List<Place<Integer>> places = new ArrayList<>();
                    for (int i = 0; i < atOnce; i++) {
                        places.add(tree.select());
                    }
                    for (Place<Integer> place : places) {
                        int parent = place.attempt();
                        int depth = parent < 0 ? 0 : Math.min(2, depths.get(parent) + 1);
                        tree.add(place, expected.size(), .4 + .2 * depth);
                        expected.add(parent);
                        depths.add(depth);
                        deepest = Math.max(deepest, depth);
                    }
                }
                assertThat(refined(solution))
                        .as("seed %d, %d at once", seed, atOnce)
                        .isEqualTo(expected);
                assertThat(Trial.completions(solution))
                        .isEqualTo(
                                depths.stream().map(depth -> "" + (1 + depth)).toList());
            }
        }
        assertThat(deepest).isEqualTo(2);
    }

    @Test
    void refutedAnswersAreRefinedAndDoNotVote() {
        boolean refined = false;
        for (int seed = 0; seed < SEEDS; seed++) {
            Trial trial = new Trial();
            // A step is refuted: the solution ends there.
            trial.policy
                    .on("", times(6, "a|"))
                    .on(asked(AbMcts.REFUTED), times(6, "2"))
                    .on(again(1), times(6, "2"));
            trial.prm = FakePrm.scripted(trial.loop, "a|", 0.0, "2", 1.0).refuting();
            Solution solution = trial.solve(AB_MCTS, config(6, 1, seed));
            long repaired = solution.ballots().size();
            if (repaired > 0) {
                refined = true;
                assertThat(Trial.answer(solution)).isEqualTo("2");
                assertThat(Trial.paths(solution, Fate.KEPT))
                        .as("what was refined")
                        .contains("a|");
            }
            assertThat(trial.policy.calls()).hasSize(6);
        }
        assertThat(refined).isTrue();
    }

    @Test
    void whereAllIsRefutedTheSearchEnds() {
        Trial trial = new Trial();
        trial.policy.on("", times(8, "1")).on(asked(AbMcts.REFUTED), times(8, "1"));
        trial.prm = FakePrm.scripted(trial.loop, "1", 0.0).refuting();
        Solution solution = trial.solve(AB_MCTS, config(8, 4, 1));
        assertThat(solution.ballots()).isEmpty();
        assertThat(trial.policy.calls()).hasSize(8);
    }

    @Test
    void whatIsCutOffOrLeavesNoRoomIsNotRefined() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Trial cut = new Trial();
            cut.policy.on(
                    "",
                    IntStream.range(0, 5)
                            .mapToObj(i -> ending("1", StopReason.CONTEXT))
                            .toArray(String[]::new));
            Solution solution = cut.solve(AB_MCTS, config(5, 1, seed));
            assertThat(cut.extended()).containsOnly("").hasSize(5);
            assertThat(Trial.paths(solution, Fate.ABANDONED)).hasSize(5);

            Trial full = better(5);
            full.policy.context(10);
            full.solve(AB_MCTS, config(5, 1, seed));
            assertThat(full.extended()).containsOnly("").hasSize(5);
        }
    }

    @Test
    void budgetEndsItWithWhatThereIs() {
        Trial trial = better(16).budget(new Budget(5, null));
        Solution solution = trial.solve(AB_MCTS, config(16, 2, 1));
        assertThat(solution.stoppedBy()).isEqualTo(Limit.TOKENS);
        assertThat(solution.usage().policyTokens()).isEqualTo(5);
        assertThat(Trial.completions(solution)).hasSizeBetween(5, 6);
    }

    @Test
    void sameSeedGivesTheSameTree() {
        List<Integer> tree = refined(better(12).solve(AB_MCTS, config(12, 2, 3)));
        assertThat(refined(better(12).solve(AB_MCTS, config(12, 2, 3)))).isEqualTo(tree);
        assertThat(IntStream.range(4, 10).mapToObj(seed -> refined(better(12).solve(AB_MCTS, config(12, 2, seed)))))
                .anyMatch(other -> !other.equals(tree));
    }
}
