package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.junit.jupiter.api.Test;

class PrmCacheTest {
    private final EventLoop loop = EventLoop.inOrder();
    private final FakePrm prm = new FakePrm(loop, path -> path.length() / 100.0);
    private final PrmCache shared = new PrmCache(prm);
    private final Judgement root = shared.open(Trial.PROBLEM, new Meter(Budget.UNLIMITED));

    private Judgement score(Judgement before, String text) {
        var asked = shared.score(before, new Step(() -> {}, text, 1, StopReason.DELIMITER, 0, 0));
        loop.run();
        return asked.join();
    }

    @Test
    void aTextIsJudgedOnceAfterEachText() {
        Judgement a = score(root, "a");
        Judgement again = score(root, "a");
        Judgement b = score(root, "b");
        score(a, "c");
        score(again, "c");
        score(b, "c");

        assertThat(prm.calls()).containsExactly("a", "b", "ac", "bc");
        assertThat(again.score()).isEqualTo(a.score());
    }

    @Test
    void thoseWhoAskMeanwhileWaitForTheSameAnswer() {
        Step step = new Step(() -> {}, "a", 1, StopReason.DELIMITER, 0, 0);
        var first = shared.score(root, step);
        var second = shared.score(root, step);
        assertThat(second).isNotDone();
        loop.run();

        assertThat(prm.calls()).containsExactly("a");
        assertThat(first.join().score()).isEqualTo(second.join().score());
    }

    @Test
    void staysOpenForThoseWhoHoldItAndThoseWhoMayStillCome() {
        Judgement a = score(root, "a");
        Judgement again = score(root, "a");
        a.close();
        a.close();
        assertThat(prm.open()).as("held by another").contains("a");
        again.close();
        assertThat(prm.open()).as("the root may be asked about it again").contains("a");
        Judgement later = score(root, "a");
        Judgement after = score(later, "c");
        later.close();
        root.close();
        assertThat(prm.open()).containsExactly("ac");
        after.close();
        assertThat(prm.open()).isEmpty();
    }

    /** Two of three samples are the same. */
    @Test
    void aSearchPaysForWhatIsNewOnly() {
        Trial trial = new Trial();
        trial.policy.on("", "a b|", "a b|", "c|").on("a b|", "1").on("c|", "1");
        Solution solution =
                trial.solve(SearchMethod.BEST_OF_N, SearchConfig.builder().n(3));

        assertThat(trial.judged()).containsExactlyInAnyOrder("a b|", "a b|1", "c|", "c|1");
        assertThat(solution.usage().prmTokens()).isEqualTo(3 + 2);
        assertThat(solution.usage().policyTokens()).isEqualTo(3 + 3 + 2);
        assertThat(solution.completions())
                .allSatisfy(completion -> assertThat(completion.stepScores()).hasSize(2));
    }
}
