package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.model.Budget;
import org.espalier.model.Completion;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Problem;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.espalier.testing.ScriptedPolicy;
import org.espalier.testing.SeededPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A text that ends replies ends their sampling, so that what follows it is neither drawn nor read. */
class StoppedRepliesTest {
    private final EventLoop loop = EventLoop.inOrder();
    private final Meter meter = new Meter(Budget.UNLIMITED);

    private Solution solve(ScriptedPolicy policy, SearchMethod method, int n, String... stops) {
        Problem problem = Trial.PROBLEM.stoppedAt(List.of(stops));
        SearchConfig config = SearchConfig.builder().n(n).beamWidth(n).build();
        Solver solver = new Solver(policy, new FakePrm(loop, path -> 0.5), new BoxedReader());
        return loop.await(solver.start(problem, method, config, meter));
    }

    @Test
    void nothingIsDrawnAfterIt() {
        ScriptedPolicy policy =
                new ScriptedPolicy(loop).on("", "it is \\boxed{5} \nUser: and \\boxed{6} then, they said");
        Solution solution = solve(policy, SearchMethod.GREEDY, 1, "never", "\nUser:");

        Completion only = solution.completions().get(0);
        assertThat(only.text()).isEqualTo("it is \\boxed{5} ");
        assertThat(only.answer()).hasToString("5");
        assertThat(only.finished()).isTrue();
        assertThat(only.tokens()).as("it, is, the box and the stop text").isEqualTo(4);
        assertThat(meter.get(Count.POLICY_TOKENS)).isEqualTo(4);
        SearchNode end = solution.tree().nodes().get(solution.ballots().get(0).node());
        assertThat(end.stopText()).isEqualTo("\nUser:");
    }

    @Test
    void itMayBeginInTheStepBefore() {
        ScriptedPolicy policy = new ScriptedPolicy(loop)
                .on("", "first|")
                .on("first|", "\\boxed{5}|")
                .on("first|\\boxed{5}|", "User: more|")
                .on("first|\\boxed{5}|User: ", "never asked for");
        Solution solution = solve(policy, SearchMethod.BEAM, 1, "\n\nUser");

        assertThat(solution.completions()).extracting(Completion::text).containsExactly("first\n\n\\boxed{5}");
        assertThat(solution.completions()).allMatch(Completion::finished);
        assertThat(policy.calls()).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource(SearchMethod.class)
    void everyMethodHonoursIt(SearchMethod method) {
        Meter free = new Meter(Budget.UNLIMITED);
        Problem problem = Trial.PROBLEM;
        SearchConfig config = SearchConfig.builder().n(8).beamWidth(4).build();
        Solver solver = new Solver(new SeededPolicy(loop), FakePrm.seeded(loop), new BoxedReader());
        Solution freely = loop.await(solver.start(problem, method, config, free));
        assertThat(freely.completions()).anyMatch(one -> one.text().contains("w2"));
        Solution stopped = loop.await(solver.start(problem.stoppedAt(List.of("w2", "w3 ")), method, config, meter));

        assertThat(stopped.completions())
                .isNotEmpty()
                .noneMatch(one -> one.text().contains("w2") || one.text().contains("w3 "));
        long drawn =
                stopped.tree().nodes().stream().mapToLong(SearchNode::tokens).sum();
        assertThat(meter.get(Count.POLICY_TOKENS)).isEqualTo(drawn);
    }
}
