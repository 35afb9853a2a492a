# Lives in the sandbox as long as its caller, and forks a process for each run. The descriptors that it talks to its caller
# through are closed there; where the kernel allows, the process has namespaces of its own as well, so that nothing that
# it starts or writes is left when it has ended, and it sees no process but its own.
import ctypes
import resource
import select
import signal
import socket
import time

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 1, 2, 4, 0x4000, 0x40000
PR_SET_PDEATHSIG = 1
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


def limit(what, most):
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def live(spec, apart, ids, ends):
    """In the new process: becomes the program, and does not return."""
    try:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        for place, end in enumerate(ends):
            os.dup2(end, 50 + place)
        for place in range(len(ends)):
            os.dup2(50 + place, place)
        os.closerange(len(ends), 4096)
        if apart:
            settle_apart(*ids, spec["diskBytes"])
        os.setsid()
        os.chdir("/tmp")
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
        {"program": run_program, "tests": run_tests, "main": run_main}[spec["role"]](spec)
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
        began = time.monotonic()
        pid = clone_apart() if self.apart else os.fork()
        if pid == 0:
            live(spec, self.apart, ids, [given, out_end, err_end, far.fileno(), far.fileno()])
        far.close()
        for end in (given, out_end, err_end):
            os.close(end)
        process = os.pidfd_open(pid)
        try:
            return self.attend(spec, pid, process, near, out, err, began)
        finally:
            near.close()
            for end in (out, err, process):
                os.close(end)

    def attend(self, spec, pid, process, near, out, err, began):
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
        if caller:
            self.say(b"E", json.dumps(result).encode())
        return caller

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
    worker = Worker(nonce.strip(), apart_works(1 << 20))
    for module in ("collections", "copy", "datetime", "functools", "heapq", "itertools", "math", "random", "re", "string", "typing"):
        __import__(module)
    worker.say(b"H", json.dumps({"apart": worker.apart, "python": sys.version.split()[0]}).encode())
    worker.wait()


main()
