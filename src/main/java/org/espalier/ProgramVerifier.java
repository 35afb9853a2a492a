package org.espalier;

import java.util.Optional;
import org.espalier.code.CodeSolver;
import org.espalier.code.CodeTask;
import org.espalier.code.Language;
import org.espalier.code.ProgramPool;
import org.espalier.code.ProgramRuns;
import org.espalier.code.TestFile;
import org.espalier.code.TestRun;
import org.espalier.model.Answer;
import org.espalier.model.AnswerReader;
import org.espalier.model.EspalierException;
import org.espalier.model.Futures;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.model.Verifier;
import org.espalier.sandbox.Limits;
import org.espalier.sandbox.Sandboxes;

/**
 * Judges replies whose answer is a program by running it with tests, in the sandbox that this machine has: with no network, no
 * files of the user, and bounds on time and memory. A reply is judged once its block of code is closed; nothing speaks against
 * it before.
 *
 * <pre>{@code
 * try (ProgramVerifier tests = ProgramVerifier.open("python", "assert add(1, 2) == 3")) {
 *     EspalierOptions options = EspalierOptions.defaults()
 *             .withMethod(SearchMethod.BEST_OF_N)
 *             .withVerifier(tests)
 *             .withAnswerReader(tests.answers());
 * }
 * }</pre>
 *
 * <p>May be used by several instances of {@link Espalier} at once, and from any thread. Close it after them.
 */
public final class ProgramVerifier implements Verifier, AutoCloseable {
    private final CodeTask task;
    private final ProgramRuns runs;

    private ProgramVerifier(CodeTask task, ProgramRuns runs) {
        this.task = task;
        this.runs = runs;
    }

    /**
     * Opens a verifier; the tests are tried without a program.
     *
     * @param language of the programs, as the command line has them: {@code python} or {@code java}
     * @param tests as a file of tests has them: code of that language, or JSON lines with an input and an output each
     * @throws UsageException if the language is not known or not installed, the tests cannot be run, or there is no sandbox
     *     here; the message says what mends it
     * @throws EspalierException if the sandbox cannot be started
     */
    public static ProgramVerifier open(String language, String tests) {
        Language known = Language.parse(language);
        CodeTask task = CodeTask.of(Problem.of("a program"), known, TestFile.parse("the text", tests));
        ProgramRuns runs = ProgramRuns.open(known, Sandboxes.required(false), Limits.USUAL, ProgramPool.usualAtOnce());
        try {
            CodeSolver.requireTests(runs, task.given());
            return new ProgramVerifier(task, runs);
        } catch (RuntimeException | Error e) {
            runs.close();
            throw e;
        }
    }

    /** The share of the tests that the program in a reply passes, where none refutes it; 1 while there is none that is closed. */
    @Override
    public double score(Candidate candidate) {
        if (!task.isClosedIn(candidate.text())) {
            return 1;
        }
        String program = task.programIn(candidate.text());
        if (program.isBlank()) {
            return 0;
        }
        TestRun run = Futures.await(runs.run(program, task.given()), () -> {});
        return run.share();
    }

    /** Programs are run. */
    @Override
    public Cost cost() {
        return Cost.SLOW;
    }

    /** Reads the program in a closed block of a reply as its answer. Programs that differ in comments and white space alone vote together. */
    public AnswerReader answers() {
        return reply -> {
            String program = task.isClosedIn(reply) ? task.programIn(reply) : "";
            return program.isBlank()
                    ? Optional.empty()
                    : Optional.of(new Answer(program, task.normalised(program), true));
        };
    }

    /** Ends the processes that programs were run in. */
    @Override
    public void close() {
        runs.close();
    }
}
