package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.Warning;
import org.espalier.search.SearchNode.Fate;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.espalier.testing.SeededPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a verifier has refuted is not gone on from, does not vote, and is nobody's answer. */
class RefutedPathsTest {
    private static final int TREES = 30;

    private static Solution run(SearchMethod method, SearchConfig.Builder config, FakePrm prm, EventLoop loop) {
        SeededPolicy policy = new SeededPolicy(loop);
        Solution solution = loop.await(new Solver(policy, prm, new BoxedReader())
                .start(new Problem("random", "?"), method, config.build(), new Meter(Budget.UNLIMITED)));
        Trial.checkClosed(policy, prm);
        Trial.checkAccounts(solution);
        return solution;
    }

    private static SearchConfig.Builder config(long seed) {
        return SearchConfig.builder()
                .seed(seed)
                .beamWidth(2)
                .n(8)
                .maxIterations(4)
                .lookahead((int) (seed % 2))
                .maxTokens(60)
                .stepTokens(20);
    }

    /** Refutes a third of all texts, and scores the others. */
    private static FakePrm sharp(EventLoop loop) {
        return new FakePrm(loop, path -> {
                    int hash = Math.floorMod(31 * path.hashCode() + path.length(), 300);
                    return hash < 100 ? 0 : hash / 300.0;
                })
                .refuting();
    }

    @ParameterizedTest
    @EnumSource
    void nothingGoesOnFromWhatIsRefuted(SearchMethod method) {
        int refuted = 0;
        int answered = 0;
        for (long seed = 0; seed < TREES; seed++) {
            EventLoop loop = EventLoop.shuffled(seed);
            Solution solution = run(method, config(seed), sharp(loop), loop);
            for (SearchNode node : solution.tree().nodes()) {
                SearchNode parent = node.parent();
                // A question about a solution begins a new text.
                assertThat(parent != null
                                && parent.isRefuted()
                                && node.attempt().contains(parent))
                        .as("seed %d: %s", seed, node)
                        .isFalse();
                if (node.isRefuted()) {
                    refuted++;
                    assertThat(node.fate()).as("seed %d", seed).isIn(Fate.PRUNED, Fate.LOOKAHEAD, Fate.KEPT);
                }
            }
            assertThat(solution.ballots())
                    .noneMatch(
                            ballot -> solution.tree().nodes().get(ballot.node()).isRefuted());
            answered += solution.selected() == null ? 0 : 1;
        }
        assertThat(refuted > 0).as("refuted").isEqualTo(method.needsPrm());
        assertThat(answered).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void aVerifierThatAlwaysRefutesEndsTheSearch(SearchMethod method) {
        if (!method.needsPrm()) {
            return;
        }
        EventLoop loop = EventLoop.inOrder();
        Solution solution = run(method, config(3), new FakePrm(loop, path -> 0).refuting(), loop);
        assertThat(solution.answer()).isNull();
        assertThat(solution.selected()).isNull();
        assertThat(solution.ballots()).isEmpty();
        assertThat(solution.tree().refuted()).isBetween(1L, 40L);
        assertThat(solution.warnings()).extracting(Warning::code).contains(Warning.ALL_REFUTED);
    }

    @Test
    void whatIsRefutedTakesNoPlaceInABeam() {
        EventLoop loop = EventLoop.inOrder();
        Trial trial = new Trial(loop);
        trial.policy.on("", "a|", "b|", "c|", "d|").on("d|", "\\boxed{1}", "\\boxed{2}", "\\boxed{1}", "\\boxed{3}");
        trial.prm = new FakePrm(loop, path -> path.contains("d") && !path.contains("3") ? 0.5 : 0).refuting();
        Solution solution =
                trial.solve(SearchMethod.BEAM, SearchConfig.builder().n(4).beamWidth(4));
        assertThat(Trial.completions(solution)).containsExactly("d|\\boxed{1}", "d|\\boxed{2}", "d|\\boxed{1}");
        assertThat(Trial.answer(solution)).isEqualTo("1");
        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("a|", "b|", "c|", "d|\\boxed{3}");
    }

    @Test
    void bestOfNWritesNothingBelowWhatIsRefuted() {
        EventLoop loop = EventLoop.inOrder();
        Trial trial = new Trial(loop);
        trial.policy.on("", "a|", "b|").on("b|", "\\boxed{2}");
        trial.prm = new FakePrm(loop, path -> path.contains("a") ? 0 : 1).refuting();
        Solution solution =
                trial.solve(SearchMethod.BEST_OF_N, SearchConfig.builder().n(2).beamWidth(1));
        assertThat(Trial.completions(solution)).isEqualTo(List.of("b|\\boxed{2}"));
        assertThat(trial.extended()).containsExactly("", "", "b|");
        assertThat(solution.warnings()).extracting(Warning::code).doesNotContain(Warning.PRM_BLIND);
    }
}
