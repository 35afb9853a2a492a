package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Conversations through pipes, with the bundled models, and several problems at once. */
class ChatIT {
    private static final String QUESTION = "Start with 12, then add 7. What is the result?";

    @TempDir
    private Path folder;

    private static Cli chat(String typed, String... more) {
        String[] args = new String[more.length + 3];
        System.arraycopy(new String[] {"chat", "--threads", "1"}, 0, args, 0, 3);
        System.arraycopy(more, 0, args, 3, more.length);
        return Cli.runWithInput(new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)), args);
    }

    @Test
    void questionsAndCommands() throws Exception {
        Path saved = folder.resolve("saved.md");
        Path picture = folder.resolve("tree.svg");
        Cli cli = chat(
                QUESTION + "\n/methd x\n/n 4\n/method majority\n" + QUESTION + "\n/tree\n/tree " + picture + "\n/save "
                        + saved + "\n/clear\n/tree\n/quit\nnever asked\n",
                "--method",
                "greedy");
        assertThat(cli.code()).isEqualTo(ExitCode.ANSWERED);
        assertThat(cli.out())
                .contains("\\boxed{19}", "majority -n ", "policy arith-small", "Answer: 19", saved.toString());
        assertThat(cli.err().lines())
                .containsExactly(
                        "espalier: there is no command /methd; did you mean /method?",
                        "espalier: there is no tree yet: ask something first");
        assertThat(Files.readString(saved)).contains("**You:** " + QUESTION, "\\boxed{19}");
        assertThat(picture).content(StandardCharsets.UTF_8).contains("<svg");
    }

    /** The second answer is another one than the same question gets that nothing came before. */
    @Test
    void aFollowUpQuestionKnowsWhatCameBefore() {
        String[] greedy = {"--method", "greedy", "-q", "--max-tokens", "40"};
        String follow = "What did I say?";
        String alone = chat(follow + "\n", greedy).out();
        String after =
                chat("Start with 3, then add 4.\n" + follow + "\n", greedy).out();
        String cleared = chat("Start with 3, then add 4.\n/clear\n" + follow + "\n", greedy)
                .out();
        assertThat(after).doesNotEndWith(alone);
        assertThat(cleared).endsWith("Forgotten\n" + alone);
    }

    @Test
    void aModelOutsideItsWorldSaysSoOnce() {
        Cli cli = chat("Hello\nHow are you?\n", "--method", "greedy", "--max-tokens", "16");
        assertThat(cli.err()).containsOnlyOnce("knows arithmetic stories");
    }

    @Test
    void anotherModelThatCannotBeHadLeavesTheOldOne() {
        Cli cli = chat("/model nonsense\n/model\n" + QUESTION + "\n", "--method", "greedy", "-q");
        assertThat(cli.err()).contains("neither a file nor a known model");
        assertThat(cli.out()).contains("policy arith-small", "\\boxed{19}");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachProblemOfAFile(boolean json) throws Exception {
        Path file = Files.writeString(
                folder.resolve("problems"),
                QUESTION
                        + "\n\n{\"id\": \"b\", \"problem\": \"Start with 3, then multiply by 7. What is the result?\"}\n");
        Cli cli = json
                ? Cli.solve("--each", "--file", file.toString(), "--method", "majority", "-n", "4", "--json")
                : Cli.solve("--each", "--file", file.toString(), "--method", "majority", "-n", "4");
        assertThat(cli.code()).as(cli.err()).isEqualTo(ExitCode.ANSWERED);
        if (json) {
            assertThat(cli.out().lines())
                    .hasSize(2)
                    .anySatisfy(
                            line -> assertThat(line).startsWith("{\"id\":\"1\"").contains("\"answer\":\"19\""))
                    .anySatisfy(
                            line -> assertThat(line).startsWith("{\"id\":\"b\"").contains("\"answer\":\"21\""));
        } else {
            assertThat(cli.out())
                    .containsSubsequence("[1] Start with 12", "Answer: 19", "[b] Start with 3", "Answer: 21");
        }
    }

    @Test
    void aReaderThatGoesAwayEndsTheRestWithoutAWord() throws Exception {
        Path file = Files.writeString(folder.resolve("problems"), (QUESTION + "\n").repeat(50));
        String command = Shell.espalier() + " solve --each --method majority -n 2 --threads 1 --file "
                + Shell.quoted(file.toString());
        Shell shell = Shell.run(folder, command + " | head -1; echo ${PIPESTATUS[0]}");
        assertThat(shell.err()).isEmpty();
        assertThat(shell.out()).startsWith("[1] ").endsWith("\n141\n");
    }

    @Test
    void aPipeIsReadWithoutBeingNamed() throws Exception {
        String command = Shell.espalier("-Despalier.terminal=") + " solve --method greedy --threads 1";
        Shell shell = Shell.run(folder, "echo '" + QUESTION + "' | " + command);
        assertThat(shell.err()).isEmpty();
        assertThat(shell.out()).contains("Answer: 19");
    }
}
