package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Prefix;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.UsageException;
import org.espalier.search.SearchConfig;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.EventLoop;
import org.espalier.testing.ScriptedPolicy;
import org.junit.jupiter.api.Test;

class MonteCarloPrmTest {
    private static final DatasetItem ITEM = new DatasetItem("p", "how much", "5", null, null, null);

    private final EventLoop loop = EventLoop.inOrder();
    private final ScriptedPolicy policy = new ScriptedPolicy(loop)
            .on("", "a|")
            .on("a|", "b", "c|", "\\boxed{5}", "\\boxed{4}", "\\boxed{5}")
            .on("a|c|", "\\boxed{5}");
    private final Meter meter = new Meter(Budget.UNLIMITED);

    private MonteCarloPrm prm(int completions) {
        return new MonteCarloPrm(policy, new BoxedReader(), List.of(ITEM), SearchConfig.DEFAULT, completions);
    }

    private Step step(Prefix prefix) {
        return loop.await(policy.extend(
                prefix,
                StepRequest.toEnd(new SamplingParams(1, 0, 1, 0), 1, 100).withDelimiter("\n\n", false)));
    }

    @Test
    void aStepsLabelIsTheShareOfCompletionsThatReachTheAnswer() {
        Prefix root = policy.open(ITEM.toProblem(), meter);
        MonteCarloPrm prm = prm(5);
        Step first = step(root);
        Judgement judged = loop.await(prm.score(prm.open(ITEM.toProblem(), meter), first));
        assertThat(judged.score()).isEqualTo(3 / 5.0);
        root.close();
        first.prefix().close();
        assertThat(policy.open()).isEmpty();
    }

    @Test
    void aFinishedPathIsRightOrWrong() {
        MonteCarloPrm prm = prm(1);
        Prefix root = policy.open(ITEM.toProblem(), meter);
        Step first = step(root);
        Step second = step(first.prefix());
        Judgement before = loop.await(prm.score(prm.open(ITEM.toProblem(), meter), first));
        assertThat(loop.await(prm.score(before, second)).score()).isZero();
    }

    @Test
    void aCountBelowOneIsRefused() {
        assertThatThrownBy(() -> prm(0)).isInstanceOf(UsageException.class).hasMessageContaining("monteCarlo");
    }
}
