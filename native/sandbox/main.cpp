// Runs a program without network, without the user's files, and with nothing that outlives it, on a Linux without namespaces
// for users. The program runs under Landlock, seccomp and bounds of its own; this process stays outside, watches what lies in
// its folder, and ends all that it has started: when it ends, when this process is told to end (SIGTERM), and when the caller
// dies. A caller who is root becomes a user that nobody else is.

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "confine.h"
#include "own_folder.h"
#include "processes.h"

namespace espalier {

void fail(const char* what, int error) {
    fprintf(stderr, "espalier-sandbox: %s%s%s\n", what, error == 0 ? "" : ": ", error == 0 ? "" : strerror(error));
    _exit(125);
}

namespace {

constexpr int LOOK_MILLIS = 100;
/** What org.espalier.sandbox.Landlock takes for a folder that is full. */
constexpr int FULL = 122;

struct Options {
    std::vector<std::string> readable;
    long long disk_bytes = 64 << 20;
    rlim_t file_bytes = 16 << 20;
    char** command = nullptr;
};

Options read(int count, char** words) {
    Options options;
    for (int i = 1; i < count; i++) {
        std::string word = words[i];
        if (word == "--" && i + 1 < count) {
            options.command = words + i + 1;
            return options;
        }
        if (i + 1 == count) {
            break;
        }
        const char* value = words[++i];
        if (word == "--read") {
            options.readable.push_back(value);
        } else if (word == "--disk") {
            options.disk_bytes = atoll(value);
        } else if (word == "--file") {
            options.file_bytes = static_cast<rlim_t>(atoll(value));
        } else {
            break;
        }
    }
    fail("usage: espalier-sandbox [--read FOLDER]... [--disk BYTES] [--file BYTES] -- PROGRAM ARGUMENT...");
}

bool become(uid_t user) {
    return setgroups(0, nullptr) == 0 && setresgid(user, user, user) == 0 && setresuid(user, user, user) == 0;
}

/** Where systems give out no users; the numbers of processes are below 2^22. */
constexpr uid_t OWN_USERS = 0x70000000;
constexpr uid_t NOBODY = 65534;

void drop_rights() {
    for (int right = 0; right < 64; right++) {
        prctl(PR_CAPBSET_DROP, right, 0, 0, 0);
    }
    unsigned header[2] = {0x20080522, 0}, none[6] = {};
    syscall(SYS_capset, header, none);
}

/**
 * Gives up what this process may do as root: becomes a user of its own, to whom the folder belongs then, else one without rights;
 * what cannot be left is used without its rights. Returns whether the user is nobody else.
 */
bool leave_root(const std::string& folder) {
    if (geteuid() != 0) {
        return false;
    }
    uid_t own = OWN_USERS + static_cast<uid_t>(getpid());
    for (uid_t user : {own, NOBODY}) {
        if (chown(folder.c_str(), user, user) == 0 && become(user)) {
            return user == own;
        }
    }
    if (chown(folder.c_str(), 0, 0) != 0) {
        fail(folder.c_str(), errno);
    }
    drop_rights();
    return false;
}

void bound(int what, rlim_t most) {
    rlimit both{most, most};
    if (setrlimit(static_cast<__rlimit_resource_t>(what), &both) != 0) {
        fail("a limit cannot be set", errno);
    }
}

/** So that this program ends, and not the user's, when memory runs out. */
void offer_to_be_ended_first() {
    // Who has become another user may not write there before.
    prctl(PR_SET_DUMPABLE, 1);
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file >= 0) {
        ssize_t unused = write(file, "1000", 4);
        (void)unused;
        close(file);
    }
}

[[noreturn]] void run(const Options& options, const std::string& folder, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(125);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    setsid();
    if (chdir(folder.c_str()) != 0) {
        fail(folder.c_str(), errno);
    }
    bound(RLIMIT_CORE, 0);
    bound(RLIMIT_FSIZE, options.file_bytes);
    bound(RLIMIT_MEMLOCK, 0);
    bound(RLIMIT_MSGQUEUE, 0);
    offer_to_be_ended_first();
    std::string home = "HOME=" + folder, temporary = "TMPDIR=" + folder;
    std::vector<const char*> environment = {"PATH=/usr/local/bin:/usr/bin:/bin", home.c_str(),      temporary.c_str(), "LANG=C.UTF-8",
                                            "PYTHONHASHSEED=0", "PYTHONDONTWRITEBYTECODE=1", "ESPALIER_LANDLOCK=1", nullptr};
    confine_files(options.readable, folder);
    confine_calls();
    execve(options.command[0], options.command, const_cast<char**>(environment.data()));
    fail(options.command[0], errno);
}

long long milliseconds() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1'000'000;
}

/** Waits for the program's end; returns the status to end with. */
int attend(pid_t program, int signals, const Options& options, const std::string& folder) {
    long long look = milliseconds() + LOOK_MILLIS;
    while (true) {
        pollfd wait{signals, POLLIN, 0};
        long long left = look - milliseconds();
        if (poll(&wait, 1, left > 0 ? static_cast<int>(left) : 0) > 0) {
            signalfd_siginfo signal;
            if (::read(signals, &signal, sizeof signal) == static_cast<ssize_t>(sizeof signal) && signal.ssi_signo != SIGCHLD) {
                return 128 + static_cast<int>(signal.ssi_signo);
            }
            int status;
            pid_t ended;
            while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
                if (ended == program) {
                    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
                }
            }
        }
        if (milliseconds() >= look) {
            if (used_bytes(folder, options.disk_bytes) + nameless_bytes(processes_below(getpid())) > options.disk_bytes) {
                return FULL;
            }
            look = milliseconds() + LOOK_MILLIS;
        }
    }
}

int launch(int count, char** words) {
    Options options = read(count, words);
    if (landlock_version() < LANDLOCK_NEEDED) {
        fail(landlock_version() == 0 ? "this Linux is without Landlock: it is off, or older than Linux 6.12"
                                     : "this Linux's Landlock bounds no signals: that needs Linux 6.12 or newer");
    }
    pid_t caller = getppid();
    syscall(436 /* close_range */, 3, ~0U, 0);
    umask(077);
    std::string folder = make_own_folder();
    bool alone = leave_root(folder);
    sigset_t heard;
    sigemptyset(&heard);
    for (int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
        sigaddset(&heard, signal);
    }
    sigprocmask(SIG_BLOCK, &heard, nullptr);
    int signals = signalfd(-1, &heard, SFD_CLOEXEC);
    if (signals < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
        fail("this Linux is too old", errno);
    }
    // A change of the user takes it back.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != caller) {
        delete_folder(folder);
        return 125;
    }
    pid_t self = getpid();
    pid_t program = fork();
    if (program == 0) {
        run(options, folder, self);
    }
    // The caller's end of its pipe shows the program's end, and is not kept open here.
    close(0);
    int status = program < 0 ? 125 : attend(program, signals, options, folder);
    end_all_below(alone);
    delete_folder(folder);
    return status;
}

}  // namespace
}  // namespace espalier

int main(int count, char** words) { return espalier::launch(count, words); }
