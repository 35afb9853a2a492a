package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.JsonNode;

class ConfigurationTest {
    private static final String FILE = """
            # Mine.
            threads: 3
            method: beam
            solve:
              n: 9
            thinking: on
            no-mmap: yes
            profiles:
              math:
                policy: qwen
                threads: 5
                solve: {max-tokens: 77}
            """;

    @TempDir
    private Path home;

    private final Map<String, String> environment = new HashMap<>();

    private Path file() {
        return home.resolve(".config/espalier/config.yaml");
    }

    private void write(String text) throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), text);
    }

    private Cli run(String... args) {
        return Cli.run(environment, home, args);
    }

    /** What an option of a command is after parsing. */
    private Object value(String option, String... args) {
        CommandLine line = Main.commandLine();
        line.setDefaultValueProvider(Configuration.of(
                ConfigFile.read(ConfigFile.place(environment, home)),
                environment,
                line.getCommandSpec(),
                line::getCommandSpec,
                List.of(args)));
        ParseResult parsed = line.parseArgs(args);
        while (parsed.hasSubcommand()) {
            parsed = parsed.subcommand();
        }
        return parsed.commandSpec().findOption(option).getValue();
    }

    @Test
    void theCommandLineGoesBeforeTheEnvironmentTheProfileAndTheFile() throws IOException {
        write(FILE);
        assertThat(value("--threads", "solve", "x")).isEqualTo(3);
        assertThat(value("--threads", "solve", "x", "--profile", "math")).isEqualTo(5);
        assertThat(value("--threads", "solve", "--profile=math", "x")).isEqualTo(5);
        environment.put("ESPALIER_THREADS", "7");
        assertThat(value("--threads", "solve", "x", "--profile", "math")).isEqualTo(7);
        environment.put("ESPALIER_SOLVE_THREADS", "8");
        assertThat(value("--threads", "solve", "x", "--profile", "math")).isEqualTo(8);
        assertThat(value("--threads", "serve")).isEqualTo(7);
        assertThat(value("--threads", "solve", "x", "--threads", "1")).isEqualTo(1);
    }

    @Test
    void everyFormOfOptionIsSetAndOthersOfItsGroupMayBeTyped() throws IOException {
        write(FILE);
        String[] args = {"solve", "x", "--policy", "typed", "--seed", "3"};
        assertThat(value("-n", args)).isEqualTo(9);
        assertThat(value("--method", args)).hasToString("beam");
        assertThat(value("--thinking", args)).hasToString("ON");
        assertThat(value("--no-mmap", args)).isEqualTo(true);
        assertThat(value("--policy", args)).isEqualTo("typed");
        assertThat(value("-n", "serve")).isEqualTo(value("-n", "serve", "--port", "1"));
    }

    @Test
    void aFlagThatIsConfiguredAndTypedIsStillOn() throws IOException {
        write(FILE);
        assertThat(value("--no-mmap", "solve", "x", "--no-mmap")).isEqualTo(true);
        assertThat(value("--no-mmap", "solve", "x", "--no-mmap=false")).isEqualTo(false);
    }

    @Test
    void aProfileIsChosenByOptionVariableOrFile() throws IOException {
        write(FILE + "profile: math\n");
        assertThat(value("--policy", "solve", "x")).isEqualTo("qwen");
        assertThat(value("--max-tokens", "solve", "x")).hasToString("77");
        write(FILE);
        assertThat(value("--policy", "solve", "x")).isNull();
        environment.put("ESPALIER_PROFILE", "math");
        assertThat(value("--policy", "solve", "x")).isEqualTo("qwen");
        assertThat(run("models", "list", "--profile", "mth"))
                .isEqualTo(new Cli(2, "", "espalier: there is no profile 'mth' in " + file() + ": it has math\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "threads: 3\\nplicy: x              | 2: no command has an option 'plicy'; did you mean policy?",
                "solve:\\n  port: 3                 | 2: solve has no option 'port'",
                "slove:\\n  n: 3                    | 2: there is no command 'slove'; did you mean solve?",
                "profiles:\\n  math:\\n    thread: 3 | 3: no command has an option 'thread'; did you mean threads?",
                "profiles: {math: 3}                | 1: a profile has a name and options: profiles: {NAME: {KEY: VALUE}}",
                "threads: 1\\nthreads: 2            | 2: 'threads' is given twice",
                "threads:                           | 1: 'threads' has no value",
                "\\n- threads                       | 2: a line has the form KEY: VALUE",
                "threads: 1\\n  policy: 'a          | 2: this is not YAML: mapping values are not allowed here",
                "prm: x\\nthreads: many             | 2: Invalid value for option '--threads': 'many' is not an int",
                "context: [1, 2]                    | 1: Invalid value for option '--context': '1,2' is not an int",
            })
    void whatIsWrongIsSaidInOneLineWithFileAndLine(String text, String message) throws IOException {
        write(text.replace("\\n", "\n") + "\n");

        Cli cli = run("solve", "x", "--policy", "/nowhere.gguf");

        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).isEqualTo("espalier: %s:%s\n".formatted(file(), message));
    }

    @Test
    void aWrongVariableIsNamed() {
        environment.put("ESPALIER_THREADS", "many");
        assertThat(run("solve", "x").err())
                .isEqualTo("espalier: ESPALIER_THREADS: Invalid value for option '--threads': 'many' is not an int\n");
        assertThat(run("config").err()).isEqualTo("espalier: ESPALIER_THREADS: 'many' is not an int\n");
    }

    @Test
    void aVariableThatMeansNothingIsNamed() {
        environment.put("ESPALIER_THREDS", "2");
        environment.put("ESPALIER_CACHE", "/x");
        assertThat(run("config").err().lines())
                .containsExactly(
                        "ESPALIER_THREDS is no option's variable; did you mean ESPALIER_THREADS?",
                        "The configuration file is " + file() + ", which has no settings");
    }

    @Test
    void helpAndWhatMendsItWorkWithABrokenFile() throws IOException {
        write("{");
        assertThat(run("solve", "--help").code()).isZero();
        assertThat(run("help").code()).isZero();
        assertThat(run("config", "path")).isEqualTo(new Cli(0, file() + "\n", ""));
        assertThat(run("config").code()).isEqualTo(2);
    }

    @Test
    void configShowsEachValueAndWhereItComesFrom() throws IOException {
        write(FILE + "api-key: sesame\n");
        environment.put("ESPALIER_CONTEXT", "512");
        Cli cli = run("config", "--json", "--profile", "math");

        Map<String, String> origins = new HashMap<>();
        for (JsonNode line : cli.json()) {
            origins.put(
                    line.path("key").asString() + "=" + line.path("value").asString(""),
                    line.path("origin").asString());
        }
        assertThat(origins)
                .containsEntry("threads=5", "profile math (" + file() + ":11)")
                .containsEntry("method=beam", file() + ":3")
                .containsEntry("n=9", file() + ":5")
                .containsEntry("context=512", "ESPALIER_CONTEXT")
                .containsEntry("api-key=(hidden)", file() + ":13");
        assertThat(cli.out()).doesNotContain("sesame");
        assertThat(run("config", "--all").out()).contains("built in").doesNotContain("sesame");
        assertThat(run("config").err()).contains("Profiles: math (none is chosen)");
    }

    @Test
    void settingsAreWrittenAndAllElseStays() throws IOException {
        write(FILE);
        assertThat(run("config", "set", "threads", "4").code()).isZero();
        assertThat(run("config", "set", "solve.max-tokens", "99").code()).isZero();
        assertThat(run("config", "set", "profiles.math.prm", "my prm: x").code())
                .isZero();
        assertThat(run("config", "set", "profiles.code.policy", "b").code()).isZero();
        assertThat(run("config", "set", "profile", "math").code()).isZero();
        assertThat(run("config", "unset", "method").code()).isZero();

        assertThat(file()).hasContent("""
                # Mine.
                threads: 4
                solve:
                  n: 9
                  max-tokens: 99
                thinking: on
                no-mmap: yes
                profiles:
                  math:
                    policy: qwen
                    threads: 5
                    solve: {max-tokens: 77}
                    prm: "my prm: x"
                  code:
                    policy: b
                profile: math
                """);
        assertThat(value("--prm", "solve", "x")).isEqualTo("my prm: x");
    }

    @Test
    void whatCannotBeSetIsRefusedAndNothingChanges() throws IOException {
        write(FILE);
        assertThat(run("config", "set", "threds", "4").err())
                .isEqualTo("espalier: no command has an option 'threds'; did you mean threads?\n");
        assertThat(run("config", "set", "threads", "four").err())
                .isEqualTo("espalier: threads: 'four' is not an int\n");
        assertThat(run("config", "set", "profiles.math.solve.n", "4").err())
                .isEqualTo("espalier: 'solve' is written in one line in the file: change it there\n");
        assertThat(run("config", "unset", "policy").err()).isEqualTo("espalier: " + file() + " does not set policy\n");
        assertThat(file()).hasContent(FILE);
    }

    @Test
    void aFileWithAKeyIsItsOwnersAlone() throws IOException {
        assertThat(run("config", "set", "api-key", "sesame").code()).isZero();
        assertThat(Files.getPosixFilePermissions(file())).hasSize(2);
    }

    @Test
    void theFileLiesWhereItsVariablesSay() {
        assertThat(ConfigFile.place(Map.of(), Path.of("/home/me")))
                .isEqualTo(Path.of("/home/me/.config/espalier/config.yaml"));
        assertThat(ConfigFile.place(Map.of("XDG_CONFIG_HOME", "/x"), Path.of("/home/me")))
                .isEqualTo(Path.of("/x/espalier/config.yaml"));
        assertThat(ConfigFile.place(Map.of("XDG_CONFIG_HOME", "x"), Path.of("/home/me")))
                .isEqualTo(Path.of("/home/me/.config/espalier/config.yaml"));
        assertThat(ConfigFile.place(Map.of("ESPALIER_CONFIG", "/y.yaml"), Path.of("/home/me")))
                .isEqualTo(Path.of("/y.yaml"));
    }

    @Test
    void anEmptyFileIsNothing() throws IOException {
        write("# only a comment\n");
        assertThat(run("config").out()).startsWith("Nothing is configured");
        assertThatThrownBy(() -> ConfigFile.parse(file(), "just text"))
                .isInstanceOf(UsageException.class)
                .hasMessage(file() + ":1: a line has the form KEY: VALUE");
    }
}
