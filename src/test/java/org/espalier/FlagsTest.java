package org.espalier;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Only the command line speaks of options: a message elsewhere names parameters, which each surface spells. */
class FlagsTest {
    private static final Path SOURCES = Path.of("src/main/java/org/espalier");
    private static final Pattern FLAG =
            Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*?(?<![\\w-])--[a-z](?:[^\"\\\\]|\\\\.)*\"");
    /** They give options to programs. */
    private static final Set<String> RUN_PROGRAMS =
            Set.of("PipSource.java", "LlamaConverter.java", "Bubblewrap.java", "Landlock.java");

    @Test
    void noMessageOutsideTheCommandLineNamesAnOption() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<Path> others = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.startsWith(SOURCES.resolve("cli")))
                    .filter(file -> !RUN_PROGRAMS.contains(file.getFileName().toString()))
                    .toList();
            assertThat(others).hasSizeGreaterThan(200);
            for (Path file : others) {
                List<String> lines = Files.readAllLines(file);
                for (int i = 0; i < lines.size(); i++) {
                    boolean comment = lines.get(i).strip().startsWith("*");
                    assertThat(!comment && FLAG.matcher(lines.get(i)).find())
                            .as("%s:%d %s", file, i + 1, lines.get(i).strip())
                            .isFalse();
                }
            }
        }
    }
}
