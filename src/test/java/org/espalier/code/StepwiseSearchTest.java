package org.espalier.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.espalier.code.TestRun.Status;
import org.espalier.model.Budget;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solver;
import org.espalier.testing.FakePolicy.Call;
import org.espalier.testing.ScriptedPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Programs that a scripted policy writes block by block; it fails if a path goes on that is not scripted. */
@Timeout(120)
class StepwiseSearchTest {
    private static final String FENCE = "```python\n";
    private static final String HEAD = FENCE + "def f(x):|";
    private static final String NO_COLON = FENCE + "def f(x) return x|";
    private static final String RIGHT = "    return x + 1\n```";
    private static final String WRONG = "    return x\n```";

    @RegisterExtension
    static final PythonRuns RUNS = new PythonRuns(2);

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final ScriptedPolicy policy = new ScriptedPolicy(thread);

    @AfterEach
    void end() {
        thread.shutdown();
    }

    private CodeSolution solve(SearchMethod method, int n, String tests) {
        return solve(method, SearchConfig.builder().n(n).beamWidth(2).build(), tests);
    }

    private CodeSolution solve(SearchMethod method, SearchConfig config, String tests) {
        CodeTask task = new CodeTask(
                Problem.of("Write a function f that adds one."),
                Language.parse("python"),
                "f",
                "",
                TestSuite.of(tests, "f"));
        Solver solver = new Solver(policy, null, reply -> Optional.empty());
        CodeOptions options = new CodeOptions(method, 0, false, ProgramChoice.ALL);
        CodeSolution solution = Futures.await(
                new CodeSolver(solver, RUNS.get())
                        .start(
                                task,
                                config,
                                options,
                                new Meter(Budget.UNLIMITED),
                                SearchListener.NONE,
                                CodeListener.NONE),
                () -> {});
        assertThat(policy.open()).as("open prefixes").isEmpty();
        return solution;
    }

    private static CodeSolution one(CodeSolution solution) {
        assertThat(solution.programs()).hasSize(1);
        return solution;
    }

    @Test
    void whatCannotBecomeAProgramEndsThere() {
        policy.on("", NO_COLON, HEAD).on(HEAD, RIGHT, WRONG);
        CodeSolution solution = solve(SearchMethod.BEAM, 2, "assert f(1) == 2");

        assertThat(solution.refuted()).isEqualTo(1);
        assertThat(solution.programs())
                .extracting(tried -> tried.given().passedAll())
                .containsExactly(true, false);
        assertThat(solution.passedAll()).isTrue();
    }

    @Test
    void statementsThatFailEndAPath() {
        String broken = FENCE + "import nothing_of_that_name|";
        policy.on("", broken, HEAD).on(HEAD, RIGHT, RIGHT);
        CodeSolution solution = solve(SearchMethod.BEAM, 2, "assert f(1) == 2");

        assertThat(solution.refuted()).isEqualTo(1);
        assertThat(solution.passedAll()).isTrue();
    }

    @Test
    void aFunctionThatIsWrittenAndPassesNoTestEndsAPath() {
        String wrong = FENCE + "def f(x):\n    return x|";
        policy.on("", wrong, wrong)
                .on(wrong, "def g(x):|", "    # It may go on.|")
                .on(wrong + "    # It may go on.|", RIGHT, RIGHT);
        CodeSolution solution = solve(SearchMethod.BEAM, 2, "assert f(1) == 2");

        assertThat(solution.refuted()).isEqualTo(1);
        assertThat(solution.programs()).hasSize(2);
    }

    @Test
    void aProgramThatPassesIsNotWrittenToItsEnd() {
        String right = FENCE + "def f(x):\n    return x + 1|";
        policy.on("", right).on(right, "print(f(1))|");
        CodeSolution solution = one(solve(
                SearchMethod.BEAM, SearchConfig.builder().n(1).beamWidth(1).build(), "assert f(1) == 2"));

        assertThat(solution.passedAll()).isTrue();
        assertThat(solution.programs().get(0).program()).isEqualTo("def f(x):\n    return x + 1\n");
    }

    @Test
    void aHelperMayComeLater() {
        String first = FENCE + "def f(x):\n    return g(x)|";
        policy.on("", first).on(first, "def g(x):|").on(first + "def g(x):|", RIGHT);
        CodeSolution solution = one(solve(
                SearchMethod.BEAM, SearchConfig.builder().n(1).beamWidth(1).build(), "assert f(1) == 2"));

        assertThat(solution.refuted()).isZero();
        assertThat(solution.passedAll()).isTrue();
    }

    @Test
    void pathsThatPassMoreTestsGoOnFirst() {
        String half = FENCE + "def f(x):\n    return 2|";
        String none = FENCE + "def f(x):\n    return g(x)|";
        policy.on("", none + "x = 1|", half + "x = 1|").on(half + "x = 1|", "```", "```");
        CodeSolution solution = solve(SearchMethod.BEAM, 2, "assert f(1) == 2\nassert f(2) == 3");

        assertThat(solution.refuted()).isZero();
        assertThat(solution.programs())
                .extracting(tried -> tried.given().passed())
                .containsExactly(1, 1);
    }

    @Test
    void whereAllAreRefutedOthersAreDrawn() {
        policy.on("", NO_COLON, NO_COLON, HEAD, NO_COLON).on(HEAD, RIGHT, RIGHT);
        CodeSolution solution = solve(SearchMethod.BEAM, 2, "assert f(1) == 2");

        assertThat(solution.refuted()).isEqualTo(3);
        assertThat(solution.passedAll()).isTrue();
    }

    @Test
    void subtreesDoNotCompete() {
        String[] lost = new String[8];
        Arrays.fill(lost, NO_COLON);
        lost[2] = HEAD;
        policy.on("", lost).on(HEAD, WRONG, WRONG);
        CodeSolution solution = solve(SearchMethod.DVTS, 4, "assert f(1) == 2");

        assertThat(solution.refuted())
                .as("two at first, and two times two for one subtree; one of the other")
                .isEqualTo(7);
        assertThat(solution.programs()).extracting(Tried::index).containsExactly(2, 3);
        assertThat(policy.calls())
                .extracting(Call::path)
                .filteredOn(path -> !path.isEmpty())
                .hasSize(2);
    }

    @Test
    void ofPathsThatAreAllRefutedOneIsShown() {
        policy.on("", NO_COLON, NO_COLON, NO_COLON, NO_COLON, NO_COLON, NO_COLON);
        CodeSolution solution = one(solve(SearchMethod.BEAM, 2, "assert f(1) == 2"));

        assertThat(solution.refuted()).isEqualTo(6);
        assertThat(solution.programs().get(0).given().status()).isEqualTo(Status.BROKEN);
        assertThat(solution.programs().get(0).given().failure()).contains("SyntaxError");
        assertThat(solution.passedAll()).isFalse();
    }

    @Test
    void stepsAreLinesUnlessTheUserSaysOtherwise() {
        SearchConfig config = SearchConfig.builder().n(8).build();
        assertThat(List.of(
                        CodeOptions.drawing(SearchMethod.DVTS, config, false).delimiter(),
                        CodeOptions.drawing(SearchMethod.DVTS, config, true).delimiter(),
                        CodeOptions.drawing(SearchMethod.MAJORITY, config, false)
                                .delimiter()))
                .containsExactly("\n", "\n\n", "\n\n");
    }

    @Test
    void whatDoesNotGoWithStepsIsRefused() {
        SearchConfig odd = SearchConfig.builder().n(6).beamWidth(4).build();
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> CodeOptions.drawing(SearchMethod.DVTS, odd, false))
                .withMessageContaining("multiple");
        SearchConfig ahead = SearchConfig.builder().n(8).lookahead(1).build();
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> CodeOptions.drawing(SearchMethod.BEAM, ahead, false))
                .withMessageContaining("lookahead");
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> new CodeOptions(SearchMethod.BEAM, 1, false, ProgramChoice.ALL))
                .withMessageContaining("repairs");
    }
}
