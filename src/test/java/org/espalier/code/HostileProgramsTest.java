package org.espalier.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.espalier.code.TestRun.Status;
import org.espalier.harness.SandboxHere;
import org.espalier.sandbox.Limits;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs that try to pass without solving, to harm the host, or to stay. Each is run as it is, in each sandbox. */
@ParameterizedClass(name = "{0}")
@MethodSource("org.espalier.harness.SandboxHere#names")
class HostileProgramsTest {
    private static final String TESTS = "assert f(1) == 2\nassert f(20) == 21\n";
    private static final String HONEST = "def f(x):\n    return x + 1\n";
    private static final long MIB = 1 << 20;
    private static final Limits LIMITS = Limits.USUAL.withSeconds(2).withMemory(400 * MIB);

    /** A folder that is full can be written no more in bubblewrap; with Landlock the program is ended. */
    private static final Map<String, Status> LANDLOCK =
            Map.of("fills the disk", Status.OUTPUT, "fills the disk with files that have no name", Status.OUTPUT);

    private static @Nullable ProgramRunner runner;

    @Parameter
    private String sandbox;

    @BeforeParameterizedClassInvocation
    static void open(String sandbox) {
        runner = new WorkerRunner(Language.parse("python"), SandboxHere.required(sandbox), LIMITS);
    }

    @AfterParameterizedClassInvocation
    static void close() {
        if (runner != null) {
            runner.close();
        }
    }

    private static TestRun run(String program) {
        return runner.run(program, TestSuite.of(TESTS, "f"));
    }

    @Test
    void anHonestProgramPasses() {
        TestRun run = run(HONEST);
        assertThat(run.passedAll()).as("%s", run).isTrue();
        assertThat(run.checks()).hasSize(2);
    }

    static Stream<Arguments> hostile() {
        return Stream.of(
                arguments("exits 0 as it begins", "import os\nos._exit(0)", Status.ENDED),
                arguments("exits 0 when it is called", "import sys, os\ndef f(x): os._exit(0)", Status.ENDED),
                arguments("raises SystemExit", "import sys\ndef f(x): sys.exit(0)", Status.RAN),
                arguments(
                        "prints a pass",
                        "print('{\"passed\": true}')\nprint('OK', flush=True)\ndef f(x):\n    print('{\"done\": true}', flush=True)\n",
                        Status.RAN),
                arguments(
                        "writes verdicts to all descriptors",
                        "import os\ndef f(x):\n    for i in range(200):\n        try: os.write(i, b'{\"passed\": true}\\n{\"done\": true}\\n')\n        except OSError: pass\n    return 0\n",
                        Status.RAN),
                arguments(
                        "gives an object that equals everything",
                        "class E:\n    def __eq__(self, other): return True\n    def __bool__(self): return True\ndef f(x): return E()",
                        Status.RAN),
                arguments(
                        "gives a number that equals everything",
                        "class E(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__\ndef f(x): return E(7)",
                        Status.RAN),
                arguments(
                        "takes assert and comparisons away",
                        "import builtins, operator\nbuiltins.AssertionError = Exception\noperator.eq = lambda a, b: True\nbuiltins.all = lambda *a: True\ndef f(x): return None",
                        Status.RAN),
                arguments(
                        "looks for the tests",
                        "import os, sys, gc\ndef f(x):\n    for root in ('.', '/tmp', '/proc', '/root', '/home', '/work'):\n        for folder, _, files in os.walk(root):\n            for name in files:\n                try: text = open(os.path.join(folder, name), 'rb').read(1 << 16)\n                except OSError: continue\n                if b'assert f(1)' in text: return 2 if x == 1 else 21\n    for each in gc.get_objects():\n        if isinstance(each, dict) and any(type(v) is str and 'assert f' in v for v in list(each.values())): return 2 if x == 1 else 21\n    return None",
                        Status.RAN),
                arguments(
                        "reads the memory of other processes",
                        "import os\ndef f(x):\n    found = [p for p in os.listdir('/proc') if p.isdigit()]\n    return 2 if found else None",
                        Status.RAN),
                arguments(
                        "forks away and sleeps",
                        "import os, time\nfor i in range(5):\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0:\n            time.sleep(1000)\n        os._exit(0)\ndef f(x): return None",
                        Status.RAN),
                arguments(
                        "fills the pids",
                        "import os, time\ntry:\n    while True:\n        if os.fork() == 0: time.sleep(1000)\nexcept OSError:\n    pass\ndef f(x): return None",
                        Status.RAN),
                arguments(
                        "fills the pids by threads",
                        "import threading, time\ntry:\n    while True: threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()\nexcept RuntimeError:\n    pass\ndef f(x): return None",
                        Status.RAN),
                arguments("fills memory", "x = bytearray(1 << 20) * 100000\ndef f(x): return 2", Status.BROKEN),
                arguments(
                        "fills memory in many processes",
                        "import os, time\nfor i in range(20):\n    if os.fork() == 0:\n        x = bytearray(100 << 20)\n        for k in range(0, len(x), 4096): x[k] = 1\n        time.sleep(1000)\ntime.sleep(30)\ndef f(x): return 2",
                        Status.MEMORY),
                arguments(
                        "fills the disk",
                        "try:\n    for i in range(10000):\n        with open('%d' % i, 'wb') as out: out.write(b'x' * (1 << 20))\nexcept OSError:\n    pass\ndef f(x): return None",
                        Status.RAN),
                arguments("fills the output", "def f(x):\n    while True: print('x' * 10000)", Status.OUTPUT),
                arguments("fills the values", "def f(x): return 'x' * (1 << 25)", Status.OUTPUT),
                arguments("sleeps", "import time\ntime.sleep(1000)", Status.TIME),
                arguments("loops", "def f(x):\n    while True: pass", Status.TIME),
                arguments(
                        "loops and ignores signals",
                        "import signal\nfor s in range(1, 64):\n    try: signal.signal(s, signal.SIG_IGN)\n    except (OSError, ValueError): pass\ndef f(x):\n    while True: pass",
                        Status.TIME),
                arguments(
                        "opens a socket",
                        "import socket\ndef f(x):\n    s = socket.create_connection(('1.1.1.1', 53), 1)\n    return x + 1",
                        Status.RAN),
                arguments(
                        "listens on this machine",
                        "import socket\ndef f(x):\n    s = socket.socket()\n    s.settimeout(1)\n    s.connect(('127.0.0.1', 22))\n    return x + 1",
                        Status.RAN),
                arguments(
                        "reads the home",
                        "import os\ndef f(x): return x + 1 if os.listdir('/root') or os.listdir('/home') else 0",
                        Status.RAN),
                arguments(
                        "writes to the system",
                        "def f(x):\n    open('/usr/bin/ls', 'w')\n    return x + 1",
                        Status.RAN),
                arguments("kills everybody", "import os\ndef f(x):\n    os.kill(-1, 9)\n    return 0", Status.RAN),
                arguments(
                        "makes namespaces and mounts",
                        "import ctypes\nlibc = ctypes.CDLL(None)\ndef f(x):\n    if libc.unshare(0x10000000) == 0 or libc.mount(b'a', b'/tmp', b'tmpfs', 0, None) == 0: return x + 1\n    return None",
                        Status.RAN),
                arguments(
                        "fills the disk with files that have no name",
                        "import os\nkept = []\ndef f(x):\n    while True:\n        kept.append(open('left', 'wb'))\n        os.unlink('left')\n        kept[-1].write(b'x' * (1 << 23))\n        kept[-1].flush()",
                        Status.RAN),
                arguments(
                        "keeps descriptors",
                        "import os\nopen_files = []\ndef f(x):\n    while True: open_files.append(os.open('/dev/null', 0))",
                        Status.RAN),
                arguments("crashes", "import ctypes\ndef f(x): ctypes.string_at(0)", Status.ENDED),
                arguments(
                        "nests without end",
                        "def f(x):\n    a = []\n    for i in range(100000): a = [a]\n    return a",
                        Status.RAN),
                arguments(
                        "gives an endless iterator",
                        "import itertools\ndef f(x): return itertools.count()",
                        Status.RAN),
                arguments("is not UTF-8", "def f(x): return '\\udcff' * 3", Status.RAN),
                arguments("does not compile", "def f(x:\n", Status.BROKEN),
                arguments("has no such function", "def g(x): return x + 1", Status.RAN));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void passesNothingAndLeavesTheNextAlone(String what, String program, Status status) {
        TestRun run = run(program);
        assertThat(run.passedAll()).as("%s: %s", what, run).isFalse();
        assertThat(run.passed()).as("%s: %s", what, run).isZero();
        assertThat(run.status())
                .as("%s: %s", what, run)
                .isEqualTo(sandbox.equals("landlock") ? LANDLOCK.getOrDefault(what, status) : status);
        assertThat(run.checks())
                .as("%s: %s", what, run)
                .hasSize(2)
                .allSatisfy(check -> assertThat(check.why()).isNotBlank());
        TestRun next = run(HONEST);
        assertThat(next.passedAll()).as("after %s: %s", what, next).isTrue();
        assertThat(run("import os\ndef f(x): return x + 1 if not os.listdir('.') else 0")
                        .passedAll())
                .as("an empty folder after %s", what)
                .isTrue();
    }

    @Test
    void aSandboxThatVanishesIsNoMatterOfTime() {
        String program = "import ctypes, time\nctypes.CDLL(None).prctl(15, b'vanishing')\ntime.sleep(1000)";
        CompletableFuture<TestRun> running = CompletableFuture.supplyAsync(() -> run(program));
        while (!running.isDone() && sandboxes().noneMatch(process -> isNamed(process, "vanishing"))) {
            Thread.onSpinWait();
        }
        sandboxes().forEach(ProcessHandle::destroyForcibly);
        TestRun run = running.join();
        assertThat(run.status()).as("%s", run).isEqualTo(Status.ENDED);
        assertThat(run.checks()).hasSize(2).allSatisfy(check -> {
            assertThat(check.passed()).isFalse();
            assertThat(check.why()).isEqualTo("the sandbox of python has ended");
        });
        assertThat(run(HONEST).passedAll()).isTrue();
    }

    private static Stream<ProcessHandle> sandboxes() {
        return ProcessHandle.current().descendants();
    }

    private static boolean isNamed(ProcessHandle process, String name) {
        try {
            return Files.readString(Path.of("/proc/%d/comm".formatted(process.pid())))
                    .strip()
                    .equals(name);
        } catch (IOException ended) {
            return false;
        }
    }

    @Test
    void manyRunsLeaveNothing() throws IOException {
        runner.close();
        Set<String> before = traces();
        for (int i = 0; i < 1000; i++) {
            String program = i % 10 == 9
                    ? "import os, time\nif os.fork() == 0:\n    open('left', 'w').write('x')\n    time.sleep(1000)\ndef f(x): return x + 1"
                    : HONEST;
            TestRun run = run(program);
            assertThat(run.passedAll()).as("run %d: %s", i, run).isTrue();
        }
        runner.close();
        assertThat(traces()).isEqualTo(before);
    }

    private static Set<String> traces() throws IOException {
        return Traces.now(
                command -> Stream.of("bwrap", "python", "espalier-sandbox").anyMatch(command::contains),
                "espalier-run-");
    }
}
