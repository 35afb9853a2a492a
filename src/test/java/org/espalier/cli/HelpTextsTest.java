package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.search.SearchMethod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What people see who ask for help, on a terminal of 80 columns and 24 lines. */
class HelpTextsTest {
    private static final int COLUMNS = 80;
    private static final int TWO_SCREENS = 48;

    static Stream<String> commands() {
        List<String> paths = new ArrayList<>();
        collect(Main.commandLine(), "", paths);
        return paths.stream();
    }

    private static void collect(CommandLine line, String path, List<String> paths) {
        line.getSubcommands().forEach((name, command) -> {
            String below = (path + " " + name).strip();
            paths.add(below);
            collect(command, below, paths);
        });
    }

    private static Cli run(String path, String... more) {
        return Cli.run(
                Stream.concat(Stream.of(path.split(" ")), Arrays.stream(more)).toArray(String[]::new));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpFitsTwoScreens(String command) {
        Cli help = run(command, "--help");
        assertThat(help.code()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out().lines()).hasSizeLessThanOrEqualTo(TWO_SCREENS);
        assertThat(help.out().lines().filter(line -> line.length() > COLUMNS)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void allHelpHasEveryOption(String command) {
        CommandLine line = Main.commandLine();
        for (String name : command.split(" ")) {
            line = line.getSubcommands().get(name);
        }
        String help = run(command, "--help-all").out();
        assertThat(line.getCommandSpec().options())
                .filteredOn(option -> !option.hidden())
                .allSatisfy(option -> assertThat(help).contains(option.longestName()));
        assertThat(help).doesNotContain("more options");
    }

    @Test
    void proseIsWrappedWhereTheTerminalEnds() {
        assertThat(HelpTexts.paragraphs(
                        "", "One sentence goes", "on here.", "", "Examples:", "  espalier solve", "  espalier chat"))
                .containsExactly(
                        "", "One sentence goes on here.", "", "Examples:", "  espalier solve", "  espalier chat");
        // Of a paragraph no line but the last is so short that the next one's first word would have had room.
        assertThat(Cli.run("setup", "--help").out().lines().toList())
                .containsSubsequence(
                        "Memory is for the weights and 8,192 tokens in each cache, and a pair fits if",
                        "that is at most half of this machine's (nine tenths of what a GPU has free).");
    }

    @Test
    void rareOptionsAreCountedAndLeftOut() {
        assertThat(Cli.run("solve", "--help").out())
                .contains("--deadline", "--help-all lists ")
                .doesNotContain("--kv-layout", "--exploration");
        assertThat(Cli.run("solve", "--help-all").out()).contains("--kv-layout", "--exploration");
    }

    @Test
    void aloneItShowsWhatToTry() {
        Cli alone = Cli.run();
        assertThat(alone.code()).isEqualTo(ExitCode.ANSWERED);
        assertThat(alone.err()).isEmpty();
        assertThat(alone.out()).contains("espalier solve \"Start with 12", "  chat ", "espalier --help");
        assertThat(alone.out().lines()).hasSizeLessThan(20);
    }

    @Test
    void methodsAreExplainedInTwoLinesEach() {
        Cli help = Cli.run("help", "methods");
        assertThat(help.code()).isZero();
        List<String> lines = help.out().lines().toList();
        for (SearchMethod method : SearchMethod.values()) {
            int at = lines.indexOf(method == SearchMethod.AUTO ? "auto (the default)" : method.cliName());
            assertThat(at).as(method.cliName()).isPositive();
            assertThat(lines.get(at + 1)).isEqualTo("  " + method.explanation());
            assertThat(lines.get(at + 2)).isEqualTo("  " + method.purpose());
        }
        assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(COLUMNS));
    }

    @Test
    void helpOfACommandIsTheSameBothWays() {
        assertThat(Cli.run("help", "models", "fetch").out())
                .isEqualTo(Cli.run("models", "fetch", "--help").out());
        assertThat(Cli.run("help").out()).isEqualTo(Cli.run("--help").out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "slove x|there is no command 'slove'; did you mean solve?",
                "model list|there is no command 'model'; did you mean models?",
                "models fech x|there is no command 'fech'; did you mean fetch?",
                "help slove|there is no help for 'slove'; did you mean solve?",
                "help method|there is no help for 'method'; did you mean methods?",
                "solve x --polcy m|there is no option --polcy; did you mean --policy?",
                "solve x --maxtokens=5|there is no option --maxtokens; did you mean --max-tokens?",
                "solve x -j|there is no option -j; did you mean --json?",
                "solve x --xyzzy|there is no option --xyzzy",
                "solve What is 2?|'is' is one argument too many: put quotes around a text of several words",
                "solve x --method dtvs|--method dtvs is unknown: choose ",
                "solve x --selection wieghted|--selection must be one of naive, weighted, majority, not wieghted; did you"
                        + " mean weighted?",
                "eval gms8k --out r|math500; did you mean gsm8k?",
                "solve x --policy smollm2|did you mean smollm2-135m-instruct?",
            })
    void typingErrorsAreGuessed(String line, String message) {
        Cli cli = run(line);
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(cli.err()).contains(message);
        assertThat(cli.out()).isEmpty();
        if (line.contains("dtvs")) {
            assertThat(cli.err()).contains("; did you mean dvts?");
        }
    }

    @ParameterizedTest
    @CsvSource({"bash", "zsh"})
    void completionKnowsCommandsOptionsAndMethods(String shell) {
        Cli cli = Cli.run("completion", shell);
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).contains("complete -F", "'--kv-layout'", "speculative-rejection", "rollouts");
        assertThat(cli.out().startsWith("#compdef espalier\n")).isEqualTo(shell.equals("zsh"));
    }
}
