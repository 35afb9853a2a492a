package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.harness.SandboxHere;
import org.espalier.server.EspalierServer;
import org.espalier.server.WritingBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code solve --server --domain code} against a server whose policy is scripted. */
@Timeout(120)
class RemoteProgramTest {
    @TempDir
    private Path folder;

    private final WritingBackend backend = new WritingBackend();
    private EspalierServer server;

    @BeforeEach
    void start() {
        SandboxHere.required();
        server = EspalierServer.bind("127.0.0.1", 0);
        server.start(backend, WritingBackend.SETTINGS);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
        backend.close();
    }

    private Cli solve(String... options) throws Exception {
        Path tests = folder.resolve("tests.py");
        Files.writeString(tests, "assert f(1) == 2\n");
        String[] given = {
            "Write a function f", "--domain", "code", "--server", server.url(), "--tests", tests.toString(), "-q"
        };
        String[] all = new String[given.length + options.length];
        System.arraycopy(given, 0, all, 0, given.length);
        System.arraycopy(options, 0, all, given.length, options.length);
        return Cli.solve(all);
    }

    @Test
    void theProgramIsPrintedAsIfItHadBeenWrittenHere() throws Exception {
        backend.policy().on("", "```python\ndef f(x): return x\n```", "```python\ndef f(x): return x + 1\n```");
        Cli cli = solve("-n", "2");
        assertThat(cli.err()).isEmpty();
        assertThat(cli.code()).isZero();
        assertThat(cli.out())
                .startsWith("def f(x): return x + 1")
                .contains("1 of 1 tests passed")
                .contains("Chosen: it passes all given tests")
                .contains("2 drawn, 2 different, 2 runs in bubblewrap");
    }

    @Test
    void jsonIsThatOfSolvingHere() throws Exception {
        backend.policy().on("", "```python\ndef f(x): return x + 1\n```");
        Cli cli = solve("--method", "greedy", "--json");
        JsonNode document = cli.json();
        assertThat(document.get("solved").asBoolean()).isTrue();
        assertThat(document.get("program").asString()).isEqualTo("def f(x): return x + 1\n");
        assertThat(document.get("sandbox").asString()).isEqualTo("bubblewrap");
    }

    @Test
    void limitsAreTheServersOwn() throws Exception {
        Cli cli = solve("--unsafe-run");
        assertThat(cli.err()).contains("--unsafe-run is for solving here: leave it out with --server");
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
    }
}
