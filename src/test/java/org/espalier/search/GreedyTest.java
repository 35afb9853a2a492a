package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.search.SearchMethod.GREEDY;

import org.espalier.model.SamplingParams;
import org.junit.jupiter.api.Test;

class GreedyTest {
    @Test
    void writesOneCompletionAtTemperatureZeroWhateverNIs() {
        Trial trial = new Trial();
        trial.policy.on("", "a|").on("a|", "7");
        Solution solution = trial.solve(GREEDY, SearchConfig.builder().n(16));

        assertThat(trial.policy.calls()).hasSize(1);
        assertThat(trial.policy.calls().get(0).request().sampling()).isEqualTo(SamplingParams.GREEDY);
        assertThat(Trial.completions(solution)).containsExactly("a|7");
        assertThat(Trial.answer(solution)).isEqualTo("7");
        assertThat(solution.agreement()).isEqualTo(1);
        assertThat(trial.prm.opened()).isZero();
    }
}
