#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine.h"

namespace espalier {
namespace {

// The system's header may be older than its kernel. The numbers are the same on all processors.
constexpr long CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446;
constexpr uint64_t EXECUTE = 1 << 0, WRITE_FILE = 1 << 1, READ_FILE = 1 << 2, READ_DIR = 1 << 3, MAKE_CHAR = 1 << 6, MAKE_SOCK = 1 << 9,
                   MAKE_BLOCK = 1 << 11, IOCTL_DEV = 1 << 15;
constexpr uint64_t ALL_FILES = (1 << 16) - 1;
constexpr uint64_t OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | (1 << 14) | IOCTL_DEV;
constexpr uint64_t TCP = 3;
constexpr uint64_t ABSTRACT_SOCKETS_AND_SIGNALS = 3;

struct Ruleset {
    uint64_t files, network, scoped;
};

struct [[gnu::packed]] Beneath {
    uint64_t allowed;
    int32_t parent;
};

constexpr uint64_t READ = READ_FILE | READ_DIR;
constexpr uint64_t RUN = READ | EXECUTE;

/** What is not there is left out, as is what this user cannot reach. */
void allow(int rules, const char* path, uint64_t rights) {
    int place = open(path, O_PATH | O_CLOEXEC);
    if (place < 0) {
        return;
    }
    struct stat kind;
    if (fstat(place, &kind) != 0) {
        fail(path, errno);
    }
    Beneath rule{S_ISDIR(kind.st_mode) ? rights : rights & OF_A_FILE, place};
    if (syscall(ADD_RULE, rules, 1, &rule, 0) != 0) {
        fail(path, errno);
    }
    close(place);
}

}  // namespace

int landlock_version() {
    long version = syscall(CREATE_RULESET, nullptr, 0, 1);
    return version < 0 ? 0 : static_cast<int>(version);
}

void confine_files(const std::vector<std::string>& readable, const std::string& own) {
    Ruleset all{ALL_FILES, TCP, ABSTRACT_SOCKETS_AND_SIGNALS};
    int rules = static_cast<int>(syscall(CREATE_RULESET, &all, sizeof all, 0));
    if (rules < 0) {
        fail("Landlock makes no rules", errno);
    }
    for (const char* folder : {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store"}) {
        allow(rules, folder, RUN);
    }
    for (const char* file : {"/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime",
                             "/sys/devices/system/cpu", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat",
                             // This process alone, which what it executes stays.
                             "/proc/self"}) {
        allow(rules, file, READ);
    }
    for (const char* device : {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}) {
        allow(rules, device, READ_FILE | WRITE_FILE);
    }
    for (const std::string& folder : readable) {
        allow(rules, folder.c_str(), RUN);
    }
    allow(rules, own.c_str(), ALL_FILES & ~(MAKE_CHAR | MAKE_BLOCK | MAKE_SOCK | IOCTL_DEV));
    if (syscall(RESTRICT_SELF, rules, 0) != 0) {
        fail("Landlock does not hold", errno);
    }
    close(rules);
}

}  // namespace espalier
