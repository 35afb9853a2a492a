package org.espalier.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.harness.SandboxHere;
import org.espalier.sandbox.SandboxedProcess.Cause;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Landlock and seccomp keep from programs that ask the kernel directly, as this user and as one who is not root. */
@Timeout(120)
class LandlockTest {
    private static final Duration MOST = Duration.ofSeconds(30);
    private static final String RAW = """
            import ctypes, errno, os
            libc = ctypes.CDLL(None, use_errno=True)
            def say(name, result):
                print(name, 'OK' if result >= 0 else errno.errorcode[ctypes.get_errno()], flush=True)
            def tried(name, what):
                try:
                    what()
                    print(name, 'OK', flush=True)
                except OSError as e:
                    print(name, errno.errorcode[e.errno], flush=True)
            """;

    /** Another user's sandbox: as from a shell of that user's. */
    private record As(String user, Sandbox sandbox) implements Sandbox {
        @Override
        public String name() {
            return sandbox.name();
        }

        @Override
        public String description() {
            return sandbox.description();
        }

        @Override
        public List<String> command(List<String> command, List<Path> readable, Limits limits) {
            List<String> all = new ArrayList<>();
            if (!user.isEmpty()) {
                all.addAll(List.of(setpriv().toString(), "--reuid", user, "--regid", user, "--clear-groups"));
            }
            all.addAll(sandbox.command(command, readable, limits));
            return all;
        }

        @Override
        public boolean endsWhenAsked() {
            return true;
        }

        @Override
        public Optional<Cause> cause(int status) {
            return sandbox.cause(status);
        }
    }

    private static Path setpriv() {
        return Programs.find("setpriv").orElseThrow();
    }

    private static Sandbox sandbox(String user) {
        Sandbox found = SandboxHere.required("landlock");
        boolean root = "root".equals(System.getProperty("user.name"));
        assumeTrue(
                user.isEmpty() || root && Programs.find("setpriv").isPresent(),
                "skipped: only root becomes another user");
        return new As(user, found);
    }

    private static SandboxedProcess start(String user, String python) {
        Path interpreter = Programs.find("python3").orElse(null);
        assumeTrue(interpreter != null, "skipped: there is no python3 here");
        return SandboxedProcess.start(
                sandbox(user), List.of(interpreter.toString(), "-I", "-c", RAW + python), List.of(), Limits.USUAL);
    }

    private static List<String> lines(String user, String python) {
        try (SandboxedProcess process = start(user, python)) {
            List<String> all = new ArrayList<>();
            for (String line = process.receive(MOST); line != null; line = process.receive(MOST)) {
                all.add(line);
            }
            assertThat(process.errors()).isEmpty();
            return all;
        }
    }

    /** Numbers that are the same on x86-64 and AArch64, and what the library calls by its name. */
    @ParameterizedTest
    @ValueSource(strings = {"", "65534"})
    void refusesWhatLandlockSaysNothingAbout(String user) {
        List<String> said = lines(user, """
                for name, number in dict(open_tree=428, move_mount=429, fsopen=430, io_uring_setup=425, pidfd_getfd=438,
                        process_madvise=440, mount_setattr=442, memfd_secret=447, fchmodat2=452, clone3=435, openat2=437,
                        setxattrat=463, unknown=900).items():
                    say(name, libc.syscall(number, 0, 0, 0, 0, 0, 0))
                for name in 'ptrace unshare setns mount umount2 chroot shmget msgget semget sethostname'.split():
                    say(name, getattr(libc, name)(0, 0, 0, 0, 0))
                say('namespace', libc.clone(0, 0, 0x10000000, 0))
                for family in range(1, 46):
                    say('socket%d' % family, libc.socket(family, 1, 0))
                pair = (ctypes.c_int * 2)()
                say('datagrams', libc.socketpair(1, 2, 0, pair))
                say('dumpable', libc.prctl(4, 0, 0, 0, 0))
                say('limits', libc.prlimit(1, 7, 0, 0))
                say('terminal', libc.ioctl(0, 0x5412, b'x'))
                tried('mode', lambda: os.chmod('.', 0o777))
                tried('owner', lambda: os.chown('.', os.getuid(), -1))
                tried('times', lambda: os.utime('.'))
                tried('attribute', lambda: os.setxattr('.', 'user.x', b'x'))
                tried('niceness', lambda: os.setpriority(os.PRIO_PROCESS, 0, 5))
                say('pair', libc.socketpair(1, 1, 0, pair))
                """);
        assertThat(said).hasSizeGreaterThan(70).last().isEqualTo("pair OK");
        assertThat(said.subList(0, said.size() - 1)).allMatch(line -> line.matches(".* (EPERM|EACCES|ENOSYS|EINVAL)"));
        assertThat(said)
                .contains("socket1 EACCES", "socket2 EACCES", "socket10 EACCES", "clone3 ENOSYS", "unshare EPERM");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "65534"})
    void readsAndChangesNothingOfOthers(String user, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "secret");
        assertThat(folder.toFile().setExecutable(true, false) && folder.toFile().setWritable(true, false))
                .isTrue();
        assertThat(folder.toFile().setReadable(true, false)
                        && file.toFile().setReadable(true, false)
                        && file.toFile().setWritable(true, false))
                .isTrue();
        List<String> said = lines(user, """
                folder, file = %s, %s
                tried('read', lambda: open(file).read())
                tried('write', lambda: open(file, 'w'))
                tried('append', lambda: open(file, 'a'))
                tried('truncate', lambda: os.truncate(file, 0))
                tried('truncating', lambda: os.open(file, os.O_RDONLY | os.O_TRUNC))
                tried('list', lambda: os.listdir(folder))
                tried('make', lambda: open(folder + '/new', 'w'))
                tried('folder', lambda: os.mkdir(folder + '/new'))
                tried('link', lambda: os.link(file, 'here'))
                tried('rename', lambda: os.rename(file, folder + '/other'))
                tried('take', lambda: os.rename(file, 'here'))
                tried('delete', lambda: os.unlink(file))
                tried('run', lambda: os.execv(file, [file]))
                tried('processes', lambda: os.listdir('/proc'))
                tried('environment', lambda: open('/proc/%%d/environ' %% os.getppid()).read())
                tried('memory', lambda: open('/proc/%%d/mem' %% os.getppid(), 'rb').read(1))
                tried('temporary', lambda: open('/tmp/espalier-left', 'w'))
                tried('shared', lambda: open('/dev/shm/espalier-left', 'w'))
                tried('own', lambda: open('file', 'w').write('x'))
                print(os.listdir('.'), os.getcwd() == os.environ['TMPDIR'], sorted(os.environ))
                """.formatted(quoted(folder), quoted(file)));
        assertThat(said.subList(0, 18)).allMatch(line -> line.matches(".* (EACCES|EXDEV|EPERM)"));
        assertThat(said.subList(18, said.size()))
                .containsExactly(
                        "own OK",
                        "['file'] True ['ESPALIER_LANDLOCK', 'HOME', 'LANG', 'PATH', 'PYTHONDONTWRITEBYTECODE', 'PYTHONHASHSEED', 'TMPDIR']");
        assertThat(file).hasContent("secret");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    private static String quoted(Path path) {
        return "'" + path + "'";
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "65534"})
    void signalsNobodyOutside(String user) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sleep", "100"));
        if (!user.isEmpty()) {
            SandboxHere.required("landlock");
            assumeTrue(Programs.find("setpriv").isPresent(), "skipped: there is no setpriv here");
            command.addAll(0, List.of(setpriv().toString(), "--reuid", user, "--regid", user, "--clear-groups"));
        }
        Process other = new ProcessBuilder(command).start();
        try {
            List<String> said = lines(user, """
                    tried('other', lambda: os.kill(%d, 9))
                    tried('parent', lambda: os.kill(os.getppid(), 9))
                    # The kernel passes over whom it may not signal.
                    tried('all', lambda: os.kill(-1, 9))
                    child = os.fork()
                    if child == 0:
                        import time
                        time.sleep(100)
                    tried('child', lambda: os.kill(child, 9))
                    """.formatted(other.pid()));
            assertThat(said).containsExactly("other EPERM", "parent EPERM", "all OK", "child OK");
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly();
        }
    }

    /** Processes that leave their parent, their session and their group, and take no notice of signals. */
    private static final String STAYING = """
            import signal, time
            for s in range(1, 64):
                try: signal.signal(s, signal.SIG_IGN)
                except (OSError, ValueError): pass
            for i in range(5):
                if os.fork() == 0:
                    os.setsid()
                    os.mkdir('deep')  if i == 0 else None
                    if os.fork() == 0:
                        time.sleep(1000)
                    os._exit(0)
            try:
                while True: os.wait()
            except ChildProcessError:
                pass
            for level in range(25):
                os.mkdir('d')
                os.chdir('d')
            os.mkdir('closed', 0)
            os.mkdir('unreadable', 0o300)
            open('unreadable/x', 'w').close()
            print(os.environ['TMPDIR'], flush=True)
            """;

    @ParameterizedTest
    @CsvSource({"'', it ends", "'', it is closed", "65534, it ends", "65534, it is closed"})
    void nothingOutlivesIt(String user, String how) {
        String end = how.equals("it ends") ? "" : "time.sleep(1000)\n";
        try (SandboxedProcess process = start(user, STAYING + end)) {
            String folder = process.receive(MOST);
            assertThat(folder).startsWith("/tmp/espalier-run-");
            List<ProcessHandle> all = process.handle().descendants().toList();
            if (how.equals("it ends")) {
                assertThat(process.receive(MOST)).isNull();
            } else {
                assertThat(all).hasSizeGreaterThan(1);
                process.close();
            }
            assertThat(all).noneMatch(ProcessHandle::isAlive);
            assertThat(Path.of(folder)).doesNotExist();
        }
    }

    /** As where the JVM is killed: nobody closes anything. */
    @Test
    void nothingOutlivesACallerThatIsKilled() throws Exception {
        List<String> inside = sandbox("")
                .command(
                        List.of(
                                Programs.find("python3").orElseThrow().toString(),
                                "-I",
                                "-c",
                                RAW + STAYING + "time.sleep(1000)"),
                        List.of(),
                        Limits.USUAL);
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "\"$@\"; true", "sh"));
        command.addAll(inside);
        Process caller = new ProcessBuilder(command).start();
        byte[] first = new byte[200];
        String folder = new String(first, 0, caller.getInputStream().read(first)).strip();
        List<ProcessHandle> all = caller.descendants().toList();
        assertThat(all).hasSizeGreaterThan(2);
        caller.destroyForcibly();
        for (ProcessHandle process : all) {
            process.onExit().join();
        }
        assertThat(Path.of(folder)).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for i in range(1000): open(str(i), 'wb').write(b'x' * (1 << 20))",
                "for i in range(100000): open(str(i), 'wb').close()",
                "for i in range(3000):\n    os.mkdir('d')\n    os.chdir('d')",
                "kept = []\nfor i in range(60):\n    kept.append(os.memfd_create('x'))\n    os.write(kept[-1], b'x' * (1 << 23))\n    os.write(kept[-1], b'x' * (1 << 22))\n"
            })
    void endsWhenItsFolderIsFull(String program) {
        for (String user : List.of("", "65534")) {
            String whole = "print(os.environ['TMPDIR'], flush=True)\n" + program + "\nimport time\ntime.sleep(1000)\n";
            try (SandboxedProcess process = start(user, whole)) {
                Path folder = Path.of(process.receive(MOST));
                assertThat(process.receive(MOST)).isNull();
                assertThat(process.cause()).contains(Cause.OUTPUT);
                assertThat(folder).doesNotExist();
            }
        }
    }

    @Test
    void saysWhatItCannotRun() {
        try (SandboxedProcess process =
                SandboxedProcess.start(sandbox(""), List.of("/no/such/program"), List.of(), Limits.USUAL)) {
            @Nullable String line = process.receive(MOST);
            assertThat(line).isNull();
            assertThat(process.cause()).isEmpty();
            while (!process.errors().endsWith("\n")) {
                Thread.onSpinWait();
            }
            assertThat(process.errors()).isEqualTo("espalier-sandbox: /no/such/program: No such file or directory\n");
        }
    }
}
