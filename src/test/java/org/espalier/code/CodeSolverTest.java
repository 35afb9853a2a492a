package org.espalier.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.testing.FakePolicy.asked;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.espalier.model.Budget;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solver;
import org.espalier.testing.ScriptedPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Programs of a scripted policy, run as they are. */
@Timeout(120)
class CodeSolverTest {
    private static final Problem PROBLEM = Problem.of("Write a function f that adds one.");
    private static final String TEST = "assert f(1) == 2";
    private static final String WRONG = fenced("def f(x): return x");
    private static final String RIGHT = fenced("def f(x): return x + 1");
    private static final String COMPLAINT = "The program is wrong. It fails this test:\n\n" + TEST
            + "\n\n1 is not 2\n\nFind the mistake, and write the whole program again without it.";

    @RegisterExtension
    static final PythonRuns RUNS = new PythonRuns(1);

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final ScriptedPolicy policy = new ScriptedPolicy(thread);

    @AfterEach
    void end() {
        thread.shutdown();
    }

    private static String fenced(String code) {
        return "```python\n" + code + "\n```";
    }

    private CodeSolution solve(int n, int repairs, boolean writtenTests, TestSuite given) {
        CodeTask task = new CodeTask(PROBLEM, Language.parse("python"), "f", "", given);
        Solver solver = new Solver(policy, null, reply -> Optional.empty());
        CodeOptions options = new CodeOptions(SearchMethod.AUTO, repairs, writtenTests, ProgramChoice.ALL);
        CodeSolution solution = Futures.await(
                new CodeSolver(solver, RUNS.get())
                        .start(
                                task,
                                SearchConfig.builder().n(n).build(),
                                options,
                                new Meter(Budget.UNLIMITED),
                                SearchListener.NONE,
                                CodeListener.NONE),
                () -> {});
        assertThat(policy.open()).as("open prefixes").isEmpty();
        return solution;
    }

    @Test
    void aProgramThatFailsIsMended() {
        policy.on("", WRONG).on(asked(COMPLAINT), RIGHT);
        CodeSolution solution = solve(1, 1, false, TestSuite.of(TEST, "f"));

        assertThat(solution.programs()).extracting(Tried::repairs).containsExactly(0, 1);
        assertThat(solution.programs())
                .extracting(tried -> tried.given().passedAll())
                .containsExactly(false, true);
        assertThat(solution.chosen()).isEqualTo(solution.programs().get(1));
        assertThat(solution.passedAll()).isTrue();
        assertThat(solution.reason()).isEqualTo("it passes all given tests, mended 1 times");
    }

    @Test
    void aProgramIsMendedNoMoreOftenThanAsked() {
        policy.on("", WRONG).on(asked(COMPLAINT), WRONG);
        CodeSolution solution = solve(1, 2, false, TestSuite.of(TEST, "f"));

        assertThat(solution.programs()).extracting(Tried::repairs).containsExactly(0, 1, 2);
        assertThat(solution.runs()).as("the same program is run once").isEqualTo(1);
        assertThat(solution.passedAll()).isFalse();
    }

    @Test
    void testsThatThePolicyWritesChoose() {
        policy.on("", WRONG, RIGHT, RIGHT).greedily("", TEST + "\nassert f(5) == 6\nassert f(");
        CodeSolution solution = solve(3, 0, false, TestSuite.NONE);

        assertThat(solution.writtenTests()).isEqualTo(List.of(TEST, "assert f(5) == 6"));
        assertThat(solution.groups())
                .extracting(group -> group.members().size())
                .first()
                .isEqualTo(2);
        assertThat(solution.chosen()).isEqualTo(solution.programs().get(1));
        assertThat(solution.reason())
                .isEqualTo("2 of 3 programs behave alike and pass 2 of the 2 tests that the policy wrote");
    }
}
