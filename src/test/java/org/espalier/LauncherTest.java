package org.espalier;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts that users call, from a folder in which others have laid programs for them. */
class LauncherTest {
    @TempDir
    private Path temporary;

    private Path trap;
    private Path sprung;

    @BeforeEach
    void lay() throws IOException {
        trap = Files.createDirectory(temporary.resolve("trap"));
        sprung = temporary.resolve("sprung");
        for (String name : List.of("java", "mvn", "npm", "git", "tar", "find", "sed", "uname", "mktemp", "python3")) {
            program(trap, name, ": >'" + sprung + "'");
        }
    }

    private static void program(Path folder, String name, String script) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private String run(Path bin, List<String> command) throws Exception {
        Path log = temporary.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(trap.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("PATH", ".::trap:" + bin + ":/usr/bin:/bin");
        builder.environment().put("ESPALIER_CACHE", temporary.resolve("cache").toString());
        builder.environment().keySet().removeAll(List.of("JAVA_HOME", "LLAMA_ROOT", "ESPALIER_LLAMA_PACKAGE"));
        assertThat(builder.start().waitFor()).isNotZero();
        return Files.readString(log);
    }

    @Test
    void theLauncherTakesNoJavaOfTheCurrentFolder() throws Exception {
        Path bin = Files.createDirectory(temporary.resolve("bin"));
        program(bin, "java", "echo 'openjdk version \"11.0.1\"' >&2");
        Path launcher = Files.copy(Path.of("espalier"), temporary.resolve("espalier"));
        assertThat(run(bin, List.of("/bin/bash", launcher.toString()))).contains(bin + "/java is version 11.0.1");
        assertThat(sprung).doesNotExist();
    }

    @Test
    void theBuildTellsItsPhasesAndWhyItFailed() throws Exception {
        Path bin = Files.createDirectory(temporary.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("java"), Path.of(System.getProperty("java.home"), "bin", "java"));
        for (String name : List.of("cmake", "c++", "make", "npm", "git", "python3")) {
            program(bin, name, "exit 0");
        }
        program(
                bin,
                "mvn",
                "echo '[INFO] Downloading from central: x'; echo '[INFO] --- compiler:3.16.0:compile (default-cli) @ espalier ---';"
                        + " echo '[INFO] --- exec:3.6.4:exec (build-native) @ espalier ---'; echo '[ERROR] no compiler'; exit 1");
        Path launcher = Files.copy(Path.of("espalier"), temporary.resolve("espalier"));
        assertThat(run(bin, List.of("/bin/bash", launcher.toString(), "--version")))
                .containsSubsequence(
                        "first run",
                        "s: fetching Maven's plugins",
                        "s: compiling Java",
                        "s: building the native library",
                        "[ERROR] no compiler",
                        "the build failed")
                .doesNotContain("[INFO]");
    }

    @Test
    void fetchingTakesNoProgramOfTheCurrentFolder() throws Exception {
        Path bin = Files.createDirectory(temporary.resolve("bin"));
        program(
                bin,
                "npm",
                "pwd >'" + temporary.resolve("place") + "'; ls -A >>'" + temporary.resolve("place")
                        + "'; echo 'npm error offline' >&2; exit 1");
        String script = Path.of("scripts/fetch-llama").toAbsolutePath().toString();
        assertThat(run(
                        bin,
                        List.of(
                                "/bin/bash",
                                script,
                                "--source",
                                temporary.resolve("source").toString())))
                .contains("npm could not download", "offline");
        assertThat(sprung).doesNotExist();
        assertThat(Files.readAllLines(temporary.resolve("place")))
                .as("npm finds a project of ours and no settings")
                .hasSize(3)
                .contains("package.json", "npm.log");
    }

    @Test
    void theMavenWrapperRunsNoOtherMavenThanThePinnedOne() throws Exception {
        Path bin = Files.createDirectory(temporary.resolve("bin"));
        program(
                bin,
                "mvn",
                "for word in \"$@\"; do case $word in -DoutputDirectory=*)"
                        + " echo other >\"${word#*=}/apache-maven-3.9.16-bin.tar.gz\" ;; esac; done");
        String wrapper = Path.of("mvnw").toAbsolutePath().toString();
        assertThat(run(bin, List.of("/bin/bash", wrapper, "--version"))).contains("has SHA-256", "expected");
        assertThat(sprung).doesNotExist();
        assertThat(temporary.resolve("cache")).isEmptyDirectory();
    }
}
