package org.espalier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.espalier.harness.SandboxHere;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.model.Verifier;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.espalier.testing.ScriptedPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs of a scripted policy, run as they are. */
@Timeout(120)
class ProgramVerifierTest {
    private static final String TESTS = "assert f(1) == 2\nassert f(5) == 6";

    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    @BeforeEach
    void requireSandbox() {
        SandboxHere.required();
    }

    @AfterEach
    void end() {
        thread.shutdown();
    }

    @Test
    void theProgramThatPassesIsChosen() {
        ScriptedPolicy policy = new ScriptedPolicy(thread)
                .on(
                        "",
                        "```python\ndef f(x): return x\n```",
                        "```python\ndef f(x): return x\n```",
                        "So:\n```python\ndef f(x): return x + 1  \n```",
                        "no program");
        try (ProgramVerifier tests = ProgramVerifier.open("python", TESTS);
                Espalier espalier = Espalier.open(EspalierOptions.defaults()
                        .withPolicy(policy)
                        .withMethod(SearchMethod.BEST_OF_N)
                        .withSearch(SearchConfig.builder().n(4).build())
                        .withVerifier(tests)
                        .withAnswerReader(tests.answers()))) {
            Solution solution = espalier.solve("Write a function f that adds one.");
            assertThat(solution.answer()).isNotNull();
            assertThat(solution.answer().text()).isEqualTo("def f(x): return x + 1\n");
            assertThat(solution.votes())
                    .as("a program that passes no test is refuted, and has no vote")
                    .hasSize(1);
        }
    }

    @Test
    void scoresAreSharesOfTests() {
        try (ProgramVerifier tests = ProgramVerifier.open("python", TESTS)) {
            assertThat(score(tests, "```python\ndef f(x): return x + 1\n```")).isEqualTo(1);
            assertThat(score(tests, "```python\ndef f(x): return 2\n```")).isEqualTo(0.5);
            assertThat(score(tests, "```python\ndef f(x): return 0\n```")).isZero();
            assertThat(score(tests, "```python\ndef f(x): return 0\n"))
                    .as("not closed")
                    .isEqualTo(1);
            assertThat(score(tests, "Let me think.")).isEqualTo(1);
            assertThat(score(tests, "```bash\nls\n```")).isZero();
        }
    }

    private static double score(ProgramVerifier tests, String reply) {
        return tests.score(new Verifier.Candidate(Problem.of("p"), List.of(reply), true, tests.answers()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cobol | assert f(1) == 2 | choose python, java",
                "python | assert f(1 == 2 | line 1",
                "python | x = 1 | there is no test",
            })
    void whatCannotBeIsRefused(String language, String tests, String message) {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> ProgramVerifier.open(language, tests))
                .withMessageContaining(message);
    }
}
