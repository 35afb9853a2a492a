package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The start reads no more commands than the one that is named, and nobody can tell. */
class MainTest {
    @TempDir
    Path home;

    static List<String> names() {
        return Main.commands().stream().map(Main::nameOf).toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void aCommandAloneIsWhatItIsAmongTheOthers(String name) {
        CommandSpec alone =
                Main.commandLine(List.of(name)).getSubcommands().get(name).getCommandSpec();
        CommandLine all = Main.commandLine();
        CommandSpec among = all.getSubcommands().get(name).getCommandSpec();
        assertThat(described(alone)).isEqualTo(described(among));
        assertThat(Main.commandLine(List.of(name)).getCommandSpec().options())
                .map(option -> List.of(option.names()))
                .isEqualTo(all.getCommandSpec().options().stream()
                        .map(option -> List.of(option.names()))
                        .toList());
    }

    private static List<String> described(CommandSpec spec) {
        List<String> texts = new java.util.ArrayList<>();
        texts.add(spec.qualifiedName() + " " + spec.version().length + " " + spec.exitCodeOnInvalidInput());
        spec.options().forEach(option -> texts.add(List.of(option.names()) + " " + option.inherited()));
        texts.add(spec.commandLine().getUsageMessage());
        spec.subcommands().values().forEach(line -> texts.addAll(described(line.getCommandSpec())));
        return texts;
    }

    @Test
    void theNamedCommandIsReadAlone() {
        assertThat(Main.commandLine(List.of("solve", "x")).getSubcommands()).containsOnlyKeys("solve");
        assertThat(Main.commandLine(List.of("models", "list")).getSubcommands()).containsOnlyKeys("models");
    }

    @ParameterizedTest
    @ValueSource(strings = {"help", "completion", "config", "solv", "", "--help", "What is 2 + 3?"})
    void whatSpeaksOfOthersHasThemAll(String first) {
        assertThat(Main.commandLine(List.of(first, "x")).getSubcommands()).hasSameSizeAs(Main.commands());
    }

    @Test
    void aKeyOfAnotherCommandIsStillOne() throws Exception {
        Files.createDirectories(home.resolve(".config/espalier"));
        Path file = home.resolve(".config/espalier/config.yaml");
        Files.writeString(file, "port: 9000\nserve:\n  host: 127.0.0.1\n");
        assertThat(Cli.run(Map.of(), home, "report", "nowhere").err()).doesNotContain("config.yaml");
        Files.writeString(file, "prot: 9000\n");
        assertThat(Cli.run(Map.of(), home, "report", "nowhere").err())
                .contains("config.yaml:1", "no command has an option 'prot'; did you mean port?");
        Files.writeString(file, "serv:\n  port: 9000\n");
        assertThat(Cli.run(Map.of(), home, "report", "nowhere").err())
                .contains("there is no command 'serv'; did you mean serve?");
    }
}
