package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that are started from a folder in which others have laid files for them. */
class ProgramRunTest {
    @TempDir
    private Path temporary;

    @Test
    void aSearchPathKeepsAbsoluteEntriesAlone() {
        assertThat(ProgramRun.absoluteOnly(":/usr/bin::.:node_modules/.bin:/bin:"))
                .isEqualTo("/usr/bin:/bin");
        assertThat(ProgramRun.absoluteOnly("")).isEmpty();
    }

    @Test
    void whatUsersSetProgramsUpWithStays() {
        ProcessBuilder program = ProgramRun.apart(temporary, List.of("true"));
        Map<String, String> environment = program.environment();
        assertThat(program.directory().toPath()).isEqualTo(temporary.toAbsolutePath());
        assertThat(environment).containsEntry("HOME", System.getenv("HOME"));
        assertThat(environment.keySet()).noneMatch(name -> name.startsWith("PYTHON") || name.startsWith("GIT_"));
    }

    /** Run by another Java, whose working folder is full of what would be taken for modules, programs and settings. */
    @Test
    void nothingOfTheCurrentFolderIsRun() throws Exception {
        Assumptions.assumeTrue(Stream.of("/usr/bin", "/usr/local/bin", "/root/.pyenv/shims")
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "python3"))));
        Path trap = Files.createDirectory(temporary.resolve("trap"));
        Path sprung = temporary.resolve("sprung");
        for (String module : List.of("pip", "venv", "encodings", "sitecustomize", "usercustomize", "runpy", "json")) {
            Files.writeString(trap.resolve(module + ".py"), "open('%s', 'w').close()\n".formatted(sprung));
        }
        for (String program : List.of("python3", "pip3", "python", "pip", "mvn", "npm", "git", "xdg-open", "sh")) {
            Path file = Files.writeString(trap.resolve(program), "#!/bin/sh\n: >'%s'\n".formatted(sprung));
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }
        Files.writeString(trap.resolve(".npmrc"), "script-shell=./sh\n");
        Files.writeString(trap.resolve("pip.conf"), "[global]\nindex-url = http://trap.invalid/\n");
        ProcessBuilder java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        absolute(System.getProperty("java.class.path")),
                        Victim.class.getName(),
                        Files.createDirectory(temporary.resolve("own")).toString())
                .directory(trap.toFile())
                .redirectErrorStream(true)
                .redirectOutput(temporary.resolve("log").toFile());
        java.environment().put("PATH", ".::" + System.getenv("PATH"));
        java.environment().put("PYTHONPATH", ".");
        java.environment().put("PIP_NO_INDEX", "1");
        int code = java.start().waitFor();
        assertThat(sprung).as(Files.readString(temporary.resolve("log"))).doesNotExist();
        assertThat(code).as(Files.readString(temporary.resolve("log"))).isZero();
    }

    private static String absolute(String classPath) {
        return Stream.of(classPath.split(":"))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .reduce((one, other) -> one + ":" + other)
                .orElseThrow();
    }

    /** What is run in that folder. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] args) throws IOException {
            Path own = Path.of(args[0]);
            for (List<String> command : List.of(
                    List.of("python3", "-I", "-m", "pip", "--version"),
                    List.of("python3", "-I", "-m", "venv", "--help"),
                    List.of("git", "--version"))) {
                ProgramRun.Outcome outcome =
                        ProgramRun.run(ProgramRun.apart(own, command), own.resolve("log"), () -> {});
                System.out.println(command + " " + outcome);
            }
            try {
                new PipSource()
                        .download(
                                new CatalogEntry.Part("no-such-wheel==1", 1, "x", 1, "0".repeat(64)), own, done -> {});
            } catch (org.espalier.model.EspalierException expected) {
                System.out.println(expected.getMessage());
            }
        }
    }
}
