package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.search.SearchMethod.AUTO;

import org.espalier.model.Budget;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.search.SearchNode.Fate;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.espalier.testing.ScriptedPolicy;
import org.junit.jupiter.api.Test;

/** {@link Auto} with a larger policy behind the first one. */
class CascadeTest {
    private final EventLoop loop = EventLoop.inOrder();
    private final ScriptedPolicy small = new ScriptedPolicy(loop);
    private final ScriptedPolicy large = new ScriptedPolicy(loop);
    private FakePrm prm = new FakePrm(loop, path -> .5);

    private Solution solve(Budget budget) {
        SearchConfig config =
                SearchConfig.builder().n(4).beamWidth(4).stopAt(.7).build();
        Solution solution = loop.await(
                new Solver(small, large, prm, new BoxedReader()).start(Trial.PROBLEM, AUTO, config, new Meter(budget)));
        Trial.checkClosed(small, prm);
        Trial.checkClosed(large, prm);
        Trial.checkAccounts(solution);
        return solution;
    }

    private void smallPolicyIsInDoubt() {
        small.greedily("", "1").on("", "1", "2", "1", "2");
    }

    @Test
    void largerPolicyIsNotAskedWhereTheFirstOneSettlesIt() {
        small.greedily("", "1");
        prm = FakePrm.scripted(loop, "1", 1.0);
        Solution solution = solve(Budget.UNLIMITED);

        assertThat(Trial.answer(solution)).isEqualTo("1");
        assertThat(solution.settled()).isTrue();
        assertThat(large.calls()).isEmpty();
    }

    /** The smaller one's vote is 1 : 2 = 1.1 : 0.8, a share of 0.58; the larger one's greedy completion settles its own. */
    @Test
    void largerPolicyAnswersWhereTheFirstOneLeavesDoubt() {
        smallPolicyIsInDoubt();
        large.greedily("", "3");
        prm = FakePrm.scripted(loop, "1", .4, "2", .4, "3", 1.0);
        Solution solution = solve(Budget.UNLIMITED);

        assertThat(Trial.answer(solution)).isEqualTo("3");
        assertThat(solution.settled()).isTrue();
        assertThat(solution.ballots()).hasSize(1);
        assertThat(solution.ballots().get(0).index()).isEqualTo(9);
        assertThat(Trial.paths(solution, Fate.COMPLETED)).containsExactly("1", "1", "2", "1", "2", "3");
        assertThat(solution.usage().committedTokens()).isEqualTo(1);
    }

    /** Both disagree with themselves, the larger one more: four answers, none with more than two votes of five. */
    @Test
    void earlierAnswerIsKeptUnlessTheLaterOneIsSurer() {
        smallPolicyIsInDoubt();
        large.greedily("", "3").on("", "3", "4", "5", "6");
        Solution solution = solve(Budget.UNLIMITED);

        assertThat(Trial.answer(solution)).isEqualTo("1");
        assertThat(solution.settled()).isFalse();
        assertThat(large.calls()).hasSize(5);
        assertThat(solution.ballots()).hasSize(5).allMatch(ballot -> ballot.index() <= 4);
    }

    @Test
    void budgetHoldsForBoth() {
        smallPolicyIsInDoubt();
        large.greedily("", "3");
        Solution solution = solve(new Budget(5, null));

        assertThat(Trial.answer(solution)).isEqualTo("1");
        assertThat(large.calls()).isEmpty();
        assertThat(solution.stoppedBy()).isEqualTo(Limit.TOKENS);
    }
}
