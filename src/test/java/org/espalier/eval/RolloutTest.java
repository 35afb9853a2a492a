package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.eval.Rollout.JudgedBy;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.ProcessRewardModel;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.espalier.search.Solver;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.espalier.testing.ScriptedPolicy;
import org.junit.jupiter.api.Test;

class RolloutTest {
    private static final DatasetItem ITEM = new DatasetItem(
            "p", "how much", "5", 2, "story", List.of("Step 1: Add: 1 + 1 = 2", "Step 2: Add: 2 + 3 = 5"));
    private static final DatasetItem UNLABELLED = new DatasetItem("p", "how much", "5", 2, "story", null);

    private final EventLoop loop = EventLoop.inOrder();
    private final ScriptedPolicy policy = new ScriptedPolicy(loop)
            .on("", "Step 1: Add: 1 + 1 = 2|", "Step 1: Add: 1 + 1 = 3|")
            .on("Step 1: Add: 1 + 1 = 2|", "Step 2: Add: 2 + 3 = 5|")
            .on("Step 1: Add: 1 + 1 = 2|Step 2: Add: 2 + 3 = 5|", "\\boxed{5}")
            .on("Step 1: Add: 1 + 1 = 3|", "\\boxed{3}");

    private List<Rollout> sample(SearchMethod method, ProcessRewardModel prm, DatasetItem item, JudgedBy judge) {
        return sample(policy, method, prm, item, judge);
    }

    private List<Rollout> sample(
            ScriptedPolicy policy, SearchMethod method, ProcessRewardModel prm, DatasetItem item, JudgedBy judge) {
        SearchConfig config = SearchConfig.builder().n(2).build();
        Solution solution = loop.await(new Solver(policy, prm, new BoxedReader())
                .start(item.toProblem(), method, config, new Meter(Budget.UNLIMITED)));
        assertThat(policy.open()).isEmpty();
        return Rollout.of(item, solution, judge);
    }

    @Test
    void wholeSamplesAreSplitIntoStepsAndChecked() {
        List<Rollout> rollouts = sample(SearchMethod.MAJORITY, new FakePrm(loop, path -> 1), ITEM, JudgedBy.NOBODY);
        assertThat(rollouts).hasSize(2);
        Rollout right = rollouts.get(0);
        assertThat(right.steps()).containsExactly("Step 1: Add: 1 + 1 = 2", "Step 2: Add: 2 + 3 = 5", "\\boxed{5}");
        assertThat(right.correct()).isTrue();
        assertThat(right.finished()).isTrue();
        assertThat(right.firstError()).isEqualTo(-1);
        assertThat(right.answer()).isEqualTo("5");
        assertThat(right.scores()).isNull();
        assertThat(right.level()).isEqualTo(2);
    }

    @Test
    void everyStepHasItsScore() {
        FakePrm prm = new FakePrm(loop, path -> path.length() / 100.0);
        List<Rollout> rollouts = sample(SearchMethod.BEST_OF_N, prm, ITEM, JudgedBy.PRM);
        assertThat(rollouts.get(0).scores()).hasSize(3).doesNotContainNull().isSorted();
        assertThat(rollouts.get(1).scores()).hasSize(2);
        assertThat(rollouts.get(1).firstError()).isZero();
        assertThat(rollouts.get(1).correct()).isFalse();
        assertThat(rollouts.get(1).labels()).isNull();
    }

    @Test
    void theFieldsAreWrittenInOrderAndWithoutWhatIsNotKnown() {
        Rollout rollout = sample(SearchMethod.MAJORITY, new FakePrm(loop, path -> 1), UNLABELLED, JudgedBy.NOBODY)
                .get(1);
        assertThat(Json.LINES.writeValueAsString(rollout))
                .startsWith("{\"id\":\"p\",\"sample\":1,\"problem\":\"how much\",\"steps\":[")
                .contains("\"firstError\":null", "\"level\":2,\"kind\":\"story\"")
                .doesNotContain("scores", "labels");
    }

    @Test
    void monteCarloLabelsWhatHasNoReference() {
        String right = "\\boxed{5}";
        String wrong = "\\boxed{3}";
        ScriptedPolicy writer = new ScriptedPolicy(loop)
                .on("", "a|", "b|")
                .on("a|", right, right, right)
                .on("b|", wrong, wrong, wrong);
        MonteCarloPrm judge =
                new MonteCarloPrm(writer, new BoxedReader(), List.of(UNLABELLED), SearchConfig.DEFAULT, 2);
        List<Rollout> rollouts = sample(writer, SearchMethod.BEST_OF_N, judge, UNLABELLED, JudgedBy.MONTE_CARLO);
        assertThat(rollouts.get(0).labels()).containsExactly(1.0, 1.0);
        assertThat(rollouts.get(0).firstError()).isEqualTo(-1);
        assertThat(rollouts.get(0).scores()).isNull();
        assertThat(rollouts.get(1).labels()).containsExactly(0.0, 0.0);
        assertThat(rollouts.get(1).firstError()).isZero();
    }
}
