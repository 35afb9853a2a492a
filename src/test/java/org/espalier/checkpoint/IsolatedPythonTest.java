package org.espalier.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.espalier.catalog.ProgramRun;
import org.espalier.catalog.ProgramRun.Outcome;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IsolatedPythonTest {
    @TempDir
    private Path temporary;

    private Path checkpoint;

    private Outcome run(String script, String... options) throws IOException {
        Path code = Files.createDirectories(temporary.resolve("code"));
        checkpoint = Files.createDirectories(temporary.resolve("checkpoint"));
        Files.writeString(code.resolve("beside.py"), "NAME = 'beside'\n");
        Files.writeString(checkpoint.resolve("evil.py"), "print('evil ran')\n");
        Path file = Files.writeString(code.resolve("convert.py"), script);
        ProcessBuilder program = IsolatedPython.program(
                "python3", Files.createDirectories(temporary.resolve("empty")), file, checkpoint, List.of(options));
        Outcome outcome = ProgramRun.run(program, temporary.resolve("log"), () -> {});
        Assumptions.assumeTrue(outcome != null, "no python3");
        return Objects.requireNonNull(outcome);
    }

    @Test
    void theScriptGetsItsArgumentsAndItsModules() throws IOException {
        Outcome outcome = run("""
                import os, sys
                import beside
                print(__name__, beside.NAME, sys.argv[1:], sys.flags.isolated, os.listdir())
                print(os.path.isdir(sys.path[0] + "/../checkpoint"), os.environ.get("HF_HUB_OFFLINE"))
                """, "--outfile", "ä b");
        assertThat(outcome.output().lines().toList().get(0))
                .startsWith("__main__ beside ['" + checkpoint + "', '--outfile'");
        assertThat(outcome.output()).contains("1 []", "True 1");
        assertThat(outcome.exitCode()).isZero();
        assertThat(temporary.resolve("code/__pycache__")).doesNotExist();
    }

    @Test
    void codeOfTheCheckpointIsNotRun() throws IOException {
        for (String script : List.of(
                "import sys; sys.path.insert(0, sys.argv[1]); import evil",
                "import runpy, sys; runpy.run_path(sys.argv[1] + '/evil.py')",
                "import sys; f = sys.argv[1] + '/evil.py'; exec(compile(open(f).read(), f, 'exec'))")) {
            Outcome outcome = run(script);
            assertThat(outcome.output())
                    .doesNotContain("evil ran")
                    .contains("refuses to run the checkpoint's own code");
            assertThat(outcome.exitCode()).isNotZero();
        }
    }

    @Test
    void nothingIsAskedOfTheNetwork() throws IOException {
        for (String script : List.of(
                "import socket; socket.create_connection(('127.0.0.1', 9))",
                "import urllib.request; urllib.request.urlopen('http://example.invalid/')")) {
            assertThat(run(script).output()).contains(IsolatedPython.REFUSED + "use the network");
        }
    }
}
