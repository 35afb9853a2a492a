package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.espalier.llama.ModelTrial.Files;
import org.junit.jupiter.api.Test;

/** What is said of a process that ended as it should not. */
class TrialRunTest {
    private static final Files FILES = new Files(Path.of("m.gguf"), null, false);

    @Test
    void anAssertionIsNamedWithItsPlace() {
        String output = "stage LOADING\nstage DECODING\n"
                + "/home/x/ggml/src/ggml-cpu/ops.cpp:3949: GGML_ASSERT(eps >= 0.0f) failed\n";
        assertThat(TrialRun.crash(FILES, 134, output))
                .isEqualTo(
                        "llama.cpp cannot run m.gguf: it ended with SIGABRT while decoding (ops.cpp:3949:"
                                + " GGML_ASSERT(eps >= 0.0f) failed) in a separate process: get the file again, or another one");
    }

    @Test
    void aFaultIsNamedWithItsLibrary() {
        String output = "stage LOADING\n#\n# A fatal error has been detected by the Java Runtime Environment:\n#\n"
                + "#  SIGSEGV (0xb) at pc=0x0, pid=1, tid=2\n# Problematic frame:\n"
                + "# C  [libggml-base.so+0x1d0]  ggml_row_size+0x10\n";
        assertThat(TrialRun.crash(FILES, 1, output))
                .contains("it ended with SIGSEGV while loading (in libggml-base.so)");
    }

    @Test
    void anExceptionThatNobodyCaughtIsNamed() {
        String output = "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n";
        assertThat(TrialRun.crash(new Files(Path.of("m.gguf"), Path.of("l.gguf"), true), 134, output))
                .startsWith(
                        "llama.cpp cannot run m.gguf with the adapter l.gguf: it ended with SIGABRT (std::bad_alloc)");
    }

    @Test
    void aProcessThatWasKilledMayHaveLackedMemory() {
        assertThat(TrialRun.crash(FILES, 137, "stage LOADING\n")).contains("SIGKILL", "memory", "while loading");
    }

    @Test
    void nothingOfAFileReachesTheTerminalAsItIs() {
        assertThat(TrialRun.crash(FILES, 134, "x.cpp:1: \u001b[31m" + "y".repeat(1000)))
                .matches("\\P{Cntrl}{1,500}");
    }
}
