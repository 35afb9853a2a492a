package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What README.md and the pages in docs promise: their commands parse, their links lead somewhere, what they name exists. */
class DocumentsTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern WORD = Pattern.compile("\"[^\"]*\"|'[^']*'|\\S+");
    private static final Pattern CLASS = Pattern.compile("\\b(?:[A-Z][a-z0-9]+){2,}\\b");
    private static final Set<String> OTHERS_NAMES = Set.of(
            "AddressSanitizer",
            "ThreadSanitizer",
            "ArchUnit",
            "JavaScript",
            "NoneTest",
            "NullAway",
            "NullMarked",
            "UndefinedBehaviorSanitizer");
    private static final int README_LINES = 150;

    static Stream<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(
                Path.of("README.md"), Path.of("CONTRIBUTING.md"), Path.of("SECURITY.md"), Path.of("models/README.md")));
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages.stream();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadToFiles(Path page) throws IOException {
        String text = Files.readString(page);
        assertThat(LINK.matcher(text)
                        .results()
                        .map(found -> found.group(1))
                        .filter(target -> !target.startsWith("http") && !target.startsWith("#"))
                        .filter(target -> !Files.exists(page.resolveSibling(target.replaceFirst("#.*", "")))))
                .isEmpty();
    }

    /** {@code scripts/bench}, {@code docs/server.md} and the like, in code spans, are files of this checkout. */
    @ParameterizedTest
    @MethodSource("pages")
    void filesThatAreNamedExist(Path page) throws IOException {
        String text = Files.readString(page);
        assertThat(CODE.matcher(text)
                        .results()
                        .map(found -> found.group(1).split("[ :]")[0])
                        .filter(name -> name.matches("(docs|scripts|jmh|native|packaging|src|examples|\\.ci)/[^*…]*"))
                        .filter(name -> !Files.exists(Path.of(name))))
                .isEmpty();
    }

    /** Pages about the inside name classes, which are renamed now and then. */
    @ParameterizedTest
    @MethodSource("pagesAboutTheInside")
    void classesThatAreNamedExist(Path page) throws IOException {
        Set<String> known = sources();
        known.addAll(OTHERS_NAMES);
        assertThat(CLASS.matcher(Files.readString(page))
                        .results()
                        .map(MatchResult::group)
                        .filter(name -> !known.contains(name)))
                .isEmpty();
    }

    static Stream<Path> pagesAboutTheInside() throws IOException {
        return pages().filter(page -> page.endsWith("architecture.md")
                || page.endsWith("CONTRIBUTING.md")
                || page.startsWith("docs/decisions"));
    }

    private static Set<String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toSet());
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void commandsParse(Path page) throws IOException {
        for (List<String> command : commands(Files.readString(page))) {
            assertThatCode(() -> Main.commandLine().parseArgs(command.toArray(String[]::new)))
                    .as("%s: %s", page, command)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void thereAreCommandsToCheck() throws IOException {
        assertThat(commands(Files.readString(Path.of("README.md")))).hasSizeGreaterThan(3);
        assertThat(commands("    ./espalier solve \"a b\" \\\n        -n 4   # why\n"))
                .containsExactly(List.of("solve", "a b", "-n", "4"));
    }

    @Test
    void theReadmeTakesFiveMinutes() throws IOException {
        assertThat(Files.readAllLines(Path.of("README.md"))).hasSizeLessThanOrEqualTo(README_LINES);
    }

    /** picocli warns on standard error about a text that it cannot format, such as one with a single percent sign. */
    @Test
    void helpTextsAreWellFormed() {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            usage(Main.commandLine());
        } finally {
            System.setErr(before);
        }
        assertThat(written.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    private static void usage(CommandLine command) {
        assertThat(command.getUsageMessage()).isNotBlank();
        command.getSubcommands().values().forEach(DocumentsTest::usage);
    }

    /** The arguments of each line of an indented block that calls {@code espalier}. */
    private static List<List<String>> commands(String page) {
        List<List<String>> commands = new ArrayList<>();
        page.replaceAll("\\\\\n\\s*", " ")
                .lines()
                .filter(line -> line.matches(" {4}(\\./)?espalier [a-z].*"))
                .map(line -> line.replaceFirst("^ *(\\./)?espalier ", "").replaceFirst("(  +| )# .*$", ""))
                .forEach(line -> commands.add(WORD.matcher(line.replaceFirst(" {2,}[a-z].*$", ""))
                        .results()
                        .map(MatchResult::group)
                        .map(word -> word.replaceAll("^[\"']|[\"']$", ""))
                        .toList()));
        return commands;
    }
}
