package org.espalier.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.espalier.model.Answer;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.UsageException;
import org.espalier.model.Verifier.Candidate;
import org.espalier.model.VerifierException;
import org.espalier.testing.BoxedReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Programs that judge, as they should and as they should not. */
@Timeout(120)
class ExternalVerifierTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(700);

    private static Candidate candidate(String... steps) {
        return new Candidate(Problem.of("1 + 1?"), List.of(steps), false, new BoxedReader());
    }

    /** A shell that answers each line with what a command prints. */
    private static String answering(String command) {
        return "sh -c 'while read -r line; do " + command + "; done'";
    }

    private static ExternalVerifier open(String command, Duration timeout) {
        return ExternalVerifier.open(command, Scope.PATH, timeout);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "echo 0.25 | 0.25",
                "echo true | 1",
                "echo false | 0",
                "echo {\\\"score\\\":0.5} | 0.5",
                "echo {\\\"score\\\":1,\\\"why\\\":[3]} | 1",
            })
    void anAnswerIsANumberOrHasOne(String command, double score) {
        try (ExternalVerifier verifier = open(answering(command), LONG)) {
            assertThat(verifier.score(candidate("a"))).isEqualTo(score);
            assertThat(verifier.scores(List.of(candidate("a"), candidate("b")))).containsExactly(score, score);
        }
    }

    @Test
    void theExampleInPythonRefutesWrongSums() {
        Path example = Path.of("examples/verifier-program/check.py");
        try (ExternalVerifier verifier = open("python3 " + example, LONG)) {
            assertThat(verifier.scores(List.of(
                            candidate("2 + 3 = 5\n\n"),
                            candidate("2 + 3 = 5\n\n", "5 * 2 = 11\n\n"),
                            candidate("5 * 2 = 11\n\n", "no sum \"é\"\n\n"))))
                    .containsExactly(1.0, 0.0, 1.0);
        }
    }

    @Test
    void aQuestionHasAllThatThereIs() {
        Candidate candidate =
                new Candidate(Problem.of("1 + 1?"), List.of("a\n\n", "\\boxed{2}"), true, new BoxedReader());
        String line = VerifierProtocol.question(candidate, 7, 3);
        assertThat(line).endsWith("\n").hasLineCount(1);
        JsonNode question = JsonMapper.builder().build().readTree(line);
        assertThat(question.path("id").asInt()).isEqualTo(7);
        assertThat(question.path("more").asInt()).isEqualTo(3);
        assertThat(question.path("problem").asString()).isEqualTo("1 + 1?");
        assertThat(question.path("path").get(0).asString()).isEqualTo("a\n\n");
        assertThat(question.path("candidate").asString()).isEqualTo("\\boxed{2}");
        assertThat(question.path("ended").asBoolean()).isTrue();
        assertThat(question.path("answer").asString()).isEqualTo("2");
        assertThat(VerifierProtocol.answer(
                        line,
                        asked -> asked.answer().map(Answer::stated).isPresent()
                                ? 0
                                : asked.steps().size() / 4.0))
                .isEqualTo("{\"id\":7,\"score\":0.5}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no-such-program --x | there is no program no-such-program here",
                "/ | cannot start /",
                "sh -c 'x | has a quote that is not closed",
                "\"\" | is empty",
            })
    void whatDoesNotRunIsRefusedAtOnce(String command, String message) {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> open(command, LONG))
                .withMessageStartingWith("verifier")
                .withMessageContaining(message);
    }

    /** On a busy machine a program may take longer to end than is waited for before the first question. */
    @Test
    void whatEndsUnaskedIsRefusedWithItsLastWords() {
        assertThatThrownBy(() -> {
                    try (ExternalVerifier verifier = open("sh -c 'echo gone >&2; exit 3'", LONG)) {
                        verifier.score(candidate("a"));
                    }
                })
                .hasMessageStartingWith("verifier")
                .hasMessageContaining("ended with code 3 (gone)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "echo good | answered what is no score from 0 to 1: \"good\"",
                "echo 1.5 | answered what is no score from 0 to 1: \"1.5\"",
                "echo null | answered what is no score",
                "echo | answered what is no score from 0 to 1: \"\"",
                "echo {\\\"id\\\":99,\\\"score\\\":1} | answered what is no score",
                "echo Traceback >&2; echo KeyError >&2; exit 4 | ended with code 4 (KeyError) after 0 of 2 answers",
                "echo 1; exit 5 | ended with code 5 after 1 of 2 answers",
                "head -c 2000000 /dev/zero | ended with code",
            })
    void nonsenseFailsWhatWasAskedAndNothingElse(String command, String message) {
        // It behaves when it is started again.
        String once =
                "sh -c 'f=$0; if [ -e $f ]; then while read -r l; do echo 1; done; fi; touch $f; while read -r l; do "
                        + command + "; done' ";
        Path mark = Path.of(System.getProperty("java.io.tmpdir"), "verifier-" + System.nanoTime());
        try (ExternalVerifier verifier = open(once + mark, LONG)) {
            assertThatExceptionOfType(VerifierException.class)
                    .isThrownBy(() -> verifier.scores(List.of(candidate("a"), candidate("b"))))
                    .withMessageStartingWith("the verifier sh -c ")
                    .withMessageContaining(message)
                    .satisfies(failure -> assertThat(failure.getMessage()).hasLineCount(1));
            assertThat(verifier.scores(List.of(candidate("a"), candidate("b")))).containsExactly(1.0, 1.0);
        } finally {
            assertThat(mark.toFile().delete()).isTrue();
        }
    }

    @Test
    void whatHangsIsEnded() {
        try (ExternalVerifier verifier = open("sleep 1000", SHORT)) {
            assertThatExceptionOfType(VerifierException.class)
                    .isThrownBy(() -> verifier.score(candidate("a")))
                    .withMessageContaining("gave no answer for 0.7 s (0 of 1 were there)")
                    .withMessageContaining("verifierTimeout allows more");
            // It reads nothing: more than a pipe holds is still no reason to wait for ever.
            assertThatExceptionOfType(VerifierException.class)
                    .isThrownBy(() -> verifier.score(candidate("a".repeat(1 << 20))));
        }
    }

    @Test
    void tooFewLinesAreWaitedForAsLongAsMayBe() {
        try (ExternalVerifier verifier = open("sh -c 'read -r l; echo 1; sleep 1000'", SHORT)) {
            assertThatExceptionOfType(VerifierException.class)
                    .isThrownBy(() -> verifier.scores(List.of(candidate("a"), candidate("b"))))
                    .withMessageContaining("(1 of 2 were there)");
        }
    }

    @Test
    void aLineTooManyIsFoundOut() {
        try (ExternalVerifier verifier = open(answering("echo 1; echo 1"), LONG)) {
            assertThat(verifier.score(candidate("a"))).isEqualTo(1);
            assertThatExceptionOfType(VerifierException.class)
                    .isThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            verifier.score(candidate("a"));
                        }
                    })
                    .withMessageContaining("wrote a line that nobody asked for");
        }
    }

    @Test
    void aFloodOfErrorsIsNoHindrance() {
        try (ExternalVerifier verifier =
                open(answering("head -c 3000000 /dev/zero | tr \"\\\\000\" x >&2; echo 0.5"), LONG)) {
            assertThat(verifier.scores(List.of(candidate("a"), candidate("b")))).containsExactly(0.5, 0.5);
        }
    }

    @Test
    void closingEndsTheProgram() {
        ExternalVerifier verifier = open(answering("echo 1"), LONG);
        assertThat(verifier.score(candidate("a"))).isEqualTo(1);
        long children = ProcessHandle.current()
                .children()
                .filter(ProcessHandle::isAlive)
                .count();
        verifier.close();
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .hasSizeLessThan((int) children);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"a b  c | a,b,c", "'a b' c | a b,c", "\"a 'b\" '' | a 'b,", "a\\ b \"c\\\"d\" | a b,c\"d"})
    void aCommandIsTakenApartAsByAShell(String command, String words) {
        assertThat(String.join(",", CommandWords.of(command))).isEqualTo(words);
    }
}
