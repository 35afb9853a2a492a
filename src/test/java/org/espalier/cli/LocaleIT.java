package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.espalier.catalog.ModelStore;
import org.espalier.model.FetchListener;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Text outside ASCII where the locale's character set is another one than UTF-8, in processes of their own. */
class LocaleIT {
    /** In a shell's words, because this process may have no locale itself. */
    private static final String PROBLEM = "$(printf '\\302\\275 \\303\\227 12')";

    private static final String HALF = "$(printf '\\302\\275')";
    private static final String QUICK = " --method greedy --max-tokens 4 --threads 1 ";

    @TempDir
    private Path folder;

    /** The launchers, beside a java that runs the classes under test. */
    @BeforeEach
    void installLaunchers() throws IOException {
        Path java = folder.resolve("jdk").resolve("bin").resolve("java");
        Files.createDirectories(java.getParent());
        Files.writeString(java, """
                #!/bin/sh
                while [ "$1" != -jar ]; do shift; done
                shift 2
                exec %s "$@"
                """.formatted(Shell.espalier()));
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(folder.resolve("jdk").resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
        // Of a checkout, which is built already.
        Path checkout = Files.createDirectories(folder.resolve("checkout"));
        Files.createDirectories(checkout.resolve("target").resolve("lib"));
        Files.createFile(checkout.resolve("target").resolve("espalier.jar"));
        Files.writeString(checkout.resolve("target").resolve("llama.wanted"), ":\n");
        Files.copy(Path.of("espalier"), checkout.resolve("espalier"), StandardCopyOption.COPY_ATTRIBUTES);
        // Of a package.
        Path bin = Files.createDirectories(folder.resolve("package").resolve("bin"));
        Files.createDirectories(folder.resolve("package").resolve("lib"));
        Files.createFile(folder.resolve("package").resolve("lib").resolve("espalier.jsa"));
        Files.copy(Path.of("packaging", "espalier"), bin.resolve("espalier"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createSymbolicLink(folder.resolve("package").resolve("runtime"), folder.resolve("jdk"));
    }

    private String start(String how, String environment) {
        String command = how.equals("java") ? Shell.espalier() : folder.resolve(how) + "/espalier";
        return "env -i " + environment + " JAVA_HOME=" + folder.resolve("jdk") + " " + command + " ";
    }

    @ParameterizedTest(name = "{0} with {1}")
    @CsvSource({
        "checkout, ''",
        "checkout, LANG=de_DE.ISO-8859-1",
        "checkout, LANG=xx_XX.UTF-8",
        "checkout, LC_ALL=C.UTF-8",
        "package/bin, ''",
        "package/bin, LC_ALL=C",
        "java, LC_ALL=C.UTF-8"
    })
    void argumentsFileNamesAndMessages(String how, String environment) throws Exception {
        String write = "echo \"" + PROBLEM + "\" >" + HALF + ".txt; ";
        String score = "score --problem x --solution " + HALF + ".txt --prm \"" + PROBLEM + "\"";
        Shell shell = Shell.run(folder, write + start(how, environment) + score);
        assertThat(shell.err()).contains("'\u00bd \u00d7 12' is neither a file nor a known model");
        assertThat(shell.code()).isEqualTo(ExitCode.BAD_USAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "LC_ALL=POSIX", "LANG=de_DE.ISO-8859-1"})
    void withoutALauncherFileNamesAreRefused(String environment) throws Exception {
        Shell text = Shell.run(folder, start("java", environment) + "solve x --policy \"" + PROBLEM + "\"");
        assertThat(text.err()).contains("'\u00bd \u00d7 12' is neither a file nor a known model");
        Shell file = Shell.run(folder, start("java", environment) + "solve --file " + HALF + ".txt");
        assertThat(file.err())
                .startsWith("espalier: Invalid value for option '--file'")
                .contains("lacks characters of the file name '\u00bd.txt': set LC_ALL=C.UTF-8");
        assertThat(file.code()).isEqualTo(ExitCode.BAD_USAGE);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"checkout", "java"})
    void aProblemInJson(String how) throws Exception {
        Shell shell =
                Shell.run(folder, start(how, "LC_ALL=C") + "solve --quiet --json" + QUICK + "\"" + PROBLEM + "\"");
        assertThat(shell.err()).isEmpty();
        assertThat(shell.json().get("problem").asString()).isEqualTo("\u00bd \u00d7 12");
    }

    @Test
    void standardInput() throws Exception {
        String command = start("java", "LANG=de_DE.ISO-8859-1") + "solve - --json" + QUICK;
        Shell shell = Shell.run(folder, "echo \"" + PROBLEM + "\" | " + command);
        assertThat(shell.json().get("problem").asString()).isEqualTo("\u00bd \u00d7 12");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "LC_ALL=C.UTF-8"})
    void textInAnotherCharacterSetIsRefused(String environment) throws Exception {
        Shell input = Shell.run(folder, "printf '\\275' | " + start("java", environment) + "solve -");
        assertThat(input.err())
                .isEqualTo("espalier: cannot read the problem from standard input: it is not UTF-8 text\n");
        assertThat(input.code()).isEqualTo(ExitCode.BAD_USAGE);
        Shell argument = Shell.run(folder, start("java", environment) + "solve \"$(printf '\\275')\"");
        assertThat(argument.err()).isEqualTo("espalier: argument 2 is not UTF-8 text\n");
        assertThat(argument.code()).isEqualTo(ExitCode.BAD_USAGE);
    }

    @Test
    void aModelInAFolderOutsideAscii() throws Exception {
        ModelStore store = ModelStore.open();
        Path model =
                store.fetch(store.catalog().defaultPolicy(), FetchListener.NONE).path();
        String place = "mkdir " + HALF + " && cp " + model + " " + HALF + "/m.gguf && ";
        String solve = "solve x --json" + QUICK + "--policy " + HALF + "/m.gguf";
        Shell shell = Shell.run(folder, place + start("checkout", "LC_ALL=C") + solve);
        assertThat(shell.err()).isEmpty();
        assertThat(shell.json().get("completions")).hasSize(1);
        Shell within = Shell.run(folder, "cd " + HALF + " && " + start("java", "LC_ALL=C") + "solve x" + QUICK);
        assertThat(within.err()).contains("lacks characters of the file name", "set LC_ALL=C.UTF-8");
        assertThat(within.code()).isEqualTo(ExitCode.BAD_USAGE);
    }

    @Test
    void aWorkingDirectoryThatIsGone() throws Exception {
        for (String launcher : List.of("checkout", "package/bin")) {
            String leave = "mkdir gone && cd gone && rmdir ../gone; ";
            Shell shell = Shell.run(folder, leave + start(launcher, "") + "models list");
            // The shell itself has something to say about it as well.
            assertThat(shell.err().lines().filter(line -> line.startsWith("espalier: ")))
                    .containsExactly("espalier: the working directory is gone: change to another one");
            assertThat(shell.code()).isEqualTo(ExitCode.FAILED);
        }
    }
}
