# Lives in the sandbox as long as its caller, and forks a process for each run. The descriptors that it talks to its caller
# through are closed there. Where the kernel allows, the process has namespaces of its own as well, so that nothing that
# it starts or writes is left when it has ended, and it sees no process but its own. In a sandbox of Landlock it has a domain of its
# own instead: it writes in a folder of its own alone, and signals nobody but what it has started, which this one ends.
import ctypes
import resource
import select
import shutil
import signal
import socket
import struct
import time

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 1, 2, 4, 0x4000, 0x40000
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_CHANGES, LANDLOCK_WRITE_FILE, LANDLOCK_SIGNALS = 0x7FF2, 0x2, 0x2
CHILDREN = "/proc/self/task/%d/children"
SYS_CLONE = {"x86_64": 56, "aarch64": 220}.get(os.uname().machine)
SYS_CAPSET = {"x86_64": 126, "aarch64": 91}.get(os.uname().machine)
KEPT_OUTPUT = 1 << 16
CONTROL_IN, CONTROL_OUT = 100, 101

libc = ctypes.PyDLL(None, use_errno=True)


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def clone_apart():
    """Like os.fork, into namespaces of its own."""
    flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | signal.SIGCHLD
    ctypes.pythonapi.PyOS_BeforeFork()
    pid = libc.syscall(SYS_CLONE, flags, 0, 0, 0, 0)
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0
    error = ctypes.get_errno()
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(error, os.strerror(error))
    return pid


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def settle_apart(uid, gid, disk):
    """Makes the new namespaces' own folders, hides the processes outside, and gives up the rights to do that."""
    write("/proc/self/setgroups", "deny")
    write("/proc/self/uid_map", "%d %d 1" % (uid, uid))
    write("/proc/self/gid_map", "%d %d 1" % (gid, gid))
    checked(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    size = b"size=%d,nr_inodes=4096,mode=0777" % disk
    for folder in (b"/tmp", b"/dev/shm"):
        if os.path.isdir(folder):
            checked(libc.mount(b"tmpfs", folder, b"tmpfs", MS_NOSUID | MS_NODEV, size))
    try:
        write("/proc/sys/user/max_user_namespaces", "0")
    except OSError:
        pass
    checked(libc.mount(b"tmpfs", b"/proc", b"tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, b"size=4096"))
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    checked(libc.syscall(SYS_CAPSET, header, (ctypes.c_uint32 * 6)()))


def domain(folders):
    """A domain of Landlock's, in which nothing is changed but in these folders."""
    rules = checked(libc.syscall(LANDLOCK_CREATE_RULESET, struct.pack("QQQ", LANDLOCK_CHANGES, 0, LANDLOCK_SIGNALS), 24, 0))
    devices = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]
    for place, rights in [(folder, LANDLOCK_CHANGES) for folder in folders] + [(device, LANDLOCK_WRITE_FILE) for device in devices]:
        try:
            file = os.open(place, os.O_PATH)
        except FileNotFoundError:
            continue
        checked(libc.syscall(LANDLOCK_ADD_RULE, rules, 1, struct.pack("=Qi", rights, file), 0))
        os.close(file)
    return rules


def settle_in(folder):
    """Moves to a folder of its own, and changes nothing elsewhere from now on."""
    checked(libc.syscall(LANDLOCK_RESTRICT_SELF, domain([folder]), 0))
    os.environ["HOME"] = os.environ["TMPDIR"] = folder


def children():
    with open(CHILDREN % os.getpid()) as file:
        return [int(number) for number in file.read().split()]


def end_children():
    """Ends all that is left of a run: what has lost its parent is this process's."""
    while True:
        for child in children():
            os.kill(child, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.0002)


def deleted(folder):
    """Whether nothing is left of a folder. A program may make one that cannot be looked into."""
    shutil.rmtree(folder, ignore_errors=True)
    return not os.path.lexists(folder)


def limit(what, most):
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def live(spec, apart, ids, ends, folder):
    """In the new process: becomes the program, and does not return."""
    try:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        for place, end in enumerate(ends):
            os.dup2(end, 50 + place)
        for place in range(len(ends)):
            os.dup2(50 + place, place)
        os.closerange(len(ends), 4096)
        if apart == "namespaces":
            settle_apart(*ids, spec["diskBytes"])
        elif apart == "landlock":
            settle_in(folder)
        os.setsid()
        os.chdir(folder)
        limit(resource.RLIMIT_CORE, 0)
        limit(resource.RLIMIT_CPU, spec["cpuSeconds"])
        limit(resource.RLIMIT_FSIZE, spec["fileBytes"])
        limit(resource.RLIMIT_NOFILE, spec["openFiles"])
        limit(resource.RLIMIT_AS, spec["memoryBytes"])
        limit(resource.RLIMIT_NPROC, spec["processes"])
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        sys.stdin = open(0, "r", encoding="utf-8", errors="replace", closefd=False)
        sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)
        sys.stderr = open(2, "w", encoding="utf-8", errors="replace", closefd=False, buffering=1)
        {"program": run_program, "beginning": run_beginning, "tests": run_tests, "main": run_main}[spec["role"]](spec)
        sys.stdout.flush()
        os._exit(0)
    except BaseException as thrown:
        try:
            os.write(2, ("%s: %s\n" % (type(thrown).__name__, thrown)).encode())
        finally:
            os._exit(70)


class Worker:
    def __init__(self, nonce, apart):
        self.nonce = nonce
        self.apart = apart
        self.pending = b""
        self.home = os.environ.get("TMPDIR", "/tmp")
        self.runs = 0

    def say(self, kind, line):
        data = b"%s %s %s\n" % (self.nonce, kind, line)
        while data:
            data = data[os.write(CONTROL_OUT, data) :]

    def hear(self):
        """The lines that have come; None when the caller is gone."""
        data = os.read(CONTROL_IN, 1 << 16)
        if not data:
            return None
        *lines, self.pending = (self.pending + data).split(b"\n")
        return lines

    def wait(self):
        while True:
            lines = self.hear()
            if lines is None:
                return
            for line in lines:
                if line.startswith(b"S "):
                    if not self.run(json.loads(line[2:])):
                        return

    def run(self, spec):
        ids = os.getuid(), os.getgid()
        near, far = socket.socketpair()
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        given = os.memfd_create("stdin")
        os.write(given, spec.get("stdin", "").encode())
        os.lseek(given, 0, os.SEEK_SET)
        folder = self.home
        if self.apart == "landlock":
            self.runs += 1
            folder = "%s/%d" % (self.home, self.runs)
            os.mkdir(folder, 0o700)
        began = time.monotonic()
        pid = clone_apart() if self.apart == "namespaces" else os.fork()
        if pid == 0:
            live(spec, self.apart, ids, [given, out_end, err_end, far.fileno(), far.fileno()], folder)
        far.close()
        for end in (given, out_end, err_end):
            os.close(end)
        process = os.pidfd_open(pid)
        try:
            return self.attend(spec, pid, process, near, out, err, began, folder)
        finally:
            near.close()
            for end in (out, err, process):
                os.close(end)

    def attend(self, spec, pid, process, near, out, err, began, folder):
        deadline = began + spec["wallSeconds"]
        poll = select.poll()
        for end in (CONTROL_IN, near.fileno(), out, err, process):
            poll.register(end, select.POLLIN)
        texts = {out: bytearray(), err: bytearray()}
        written = 0
        partial = b""
        ended = None
        caller = True
        while ended is None:
            events = poll.poll(max(0, (deadline - time.monotonic()) * 1000))
            if not events:
                ended = "time"
            for end, event in events:
                if end == CONTROL_IN:
                    lines = self.hear()
                    if lines is None:
                        caller, ended = False, "gone"
                        break
                    for line in lines:
                        if line.startswith(b"M "):
                            try:
                                near.settimeout(max(0.01, deadline - time.monotonic()))
                                near.sendall(line[2:] + b"\n")
                            except OSError:
                                pass
                        elif line == b"K":
                            ended = "asked"
                elif end == process:
                    ended = "exit"
                else:
                    data = near.recv(1 << 16) if end == near.fileno() else os.read(end, 1 << 16)
                    if not data:
                        poll.unregister(end)
                        continue
                    written += len(data)
                    if written > spec["outputBytes"]:
                        ended = "output"
                    elif end == near.fileno():
                        partial = self.pass_on(partial + data)
                    else:
                        texts[end] += data[: KEPT_OUTPUT - len(texts[end])]
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        status, used = os.wait4(pid, 0)[1:]
        if ended == "exit":
            near.setblocking(False)
            try:
                while data := near.recv(1 << 16):
                    partial = self.pass_on(partial + data)
            except OSError:
                pass
            for end in (out, err):
                os.set_blocking(end, False)
                try:
                    while (data := os.read(end, 1 << 16)) and len(texts[end]) < KEPT_OUTPUT:
                        texts[end] += data[: KEPT_OUTPUT - len(texts[end])]
                except OSError:
                    pass
        code = os.waitstatus_to_exitcode(status)
        if ended == "exit" and -code in (signal.SIGXCPU, signal.SIGKILL) and used.ru_utime + used.ru_stime >= spec["cpuSeconds"] - 0.5:
            ended = "cpu"
        result = {
            "ended": ended,
            "code": code,
            "cpuSeconds": used.ru_utime + used.ru_stime,
            "wallSeconds": time.monotonic() - began,
            "stdout": texts[out].decode("utf-8", "replace"),
            "stderr": texts[err].decode("utf-8", "replace"),
        }
        if self.apart == "landlock":
            end_children()
            result["last"] = not deleted(folder)
        if caller:
            self.say(b"E", json.dumps(result).encode())
        return caller and not result.get("last", False)

    def pass_on(self, data):
        *lines, rest = data.split(b"\n")
        for line in lines:
            self.say(b"R", line)
        return rest


def apart_works(disk):
    ids = os.getuid(), os.getgid()
    try:
        pid = clone_apart()
    except (OSError, AttributeError, TypeError):
        return False
    if pid == 0:
        try:
            settle_apart(*ids, disk)
            os._exit(0)
        except BaseException:
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


def way_apart():
    """How runs can be kept apart here; an empty text if they cannot."""
    if apart_works(1 << 20):
        return "namespaces"
    if "ESPALIER_LANDLOCK" not in os.environ:
        return ""
    try:
        children()
        os.close(domain([]))
        checked(libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
        return "landlock"
    except OSError:
        return ""


def main():
    os.dup2(0, CONTROL_IN, inheritable=False)
    os.dup2(1, CONTROL_OUT, inheritable=False)
    nothing = os.open("/dev/null", os.O_RDWR)
    for end in (0, 1):
        os.dup2(nothing, end)
    # The first that is read: who knows it can begin frames. It is not in the arguments, which other processes see.
    nonce = b""
    while not nonce.endswith(b"\n"):
        nonce += os.read(CONTROL_IN, 1)
    worker = Worker(nonce.strip(), way_apart())
    for module in ("collections", "copy", "datetime", "functools", "heapq", "itertools", "math", "random", "re", "string", "typing"):
        __import__(module)
    worker.say(b"H", json.dumps({"apart": bool(worker.apart), "python": sys.version.split()[0]}).encode())
    worker.wait()


main()
