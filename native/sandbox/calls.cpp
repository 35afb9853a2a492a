#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "confine.h"

namespace espalier {
namespace {

#if defined(__x86_64__)
constexpr uint32_t PROCESSOR = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t PROCESSOR = AUDIT_ARCH_AARCH64;
#else
#error "the numbers of system calls are those of x86-64 and AArch64"
#endif

// mseal. What comes after it is not known here; x32's numbers lie far above.
constexpr uint32_t LAST_KNOWN = 462;

constexpr uint32_t NAMESPACES = 0x7e020000;

const uint32_t REFUSED[] = {
    // Network. connect and the like are there for sockets that were handed over, which there are none.
    SYS_socket, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4,
    // Namespaces and mounts; a numbered call is one that the system's header may not know yet.
    SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, 428 /* open_tree */, 429 /* move_mount */,
    430 /* fsopen */, 431 /* fsconfig */, 432 /* fsmount */, 433 /* fspick */, 442 /* mount_setattr */, 457 /* statmount */,
    458 /* listmount */, SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_swapon, SYS_swapoff, SYS_quotactl,
    443 /* quotactl_fd */,
    // Other processes.
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, 438 /* pidfd_getfd */, 440 /* process_madvise */,
    448 /* process_mrelease */, SYS_move_pages, SYS_migrate_pages, SYS_setpriority, SYS_ioprio_set, SYS_sched_setaffinity,
    SYS_sched_setparam, SYS_sched_setscheduler, SYS_sched_setattr,
    // What a user may do to own files that cannot be read or written.
    SYS_fchmod, SYS_fchmodat, 452 /* fchmodat2 */, SYS_fchown, SYS_fchownat, SYS_utimensat, SYS_setxattr, SYS_lsetxattr,
    SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr, SYS_inotify_init1, SYS_fanotify_init, SYS_fanotify_mark,
    // What outlives a process.
    SYS_shmget, SYS_shmat, SYS_shmctl, SYS_msgget, SYS_msgsnd, SYS_msgrcv, SYS_msgctl, SYS_semget, SYS_semop, SYS_semctl,
    SYS_semtimedop, SYS_mq_open, SYS_mq_unlink, SYS_add_key, SYS_request_key, SYS_keyctl,
    // The system, and what it is attacked through.
    SYS_bpf, SYS_perf_event_open, 425 /* io_uring_setup */, 426 /* io_uring_enter */, 427 /* io_uring_register */,
    SYS_userfaultfd, 447 /* memfd_secret */, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_reboot,
    SYS_acct, SYS_syslog, SYS_sethostname, SYS_setdomainname, SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime,
    SYS_personality, SYS_vhangup,
#if defined(__x86_64__)
    SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat, SYS_inotify_init, SYS_iopl, SYS_ioperm, SYS_modify_ldt,
    SYS_kexec_file_load, SYS_uselib,
#endif
};

class Program {
public:
    void refuse(uint32_t call, uint32_t error) {
        add(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1);
        ret(error);
    }

    /** Refuses a call if an argument, of which the low half counts, has any of these bits. */
    void refuse_bits(uint32_t call, int argument, uint32_t bits, uint32_t error) {
        begin(call, argument, 3);
        add(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
        ret(error);
        load_call();
    }

    /** Refuses a call if an argument is this. */
    void refuse_value(uint32_t call, int argument, uint32_t value, uint32_t error) {
        begin(call, argument, 3);
        add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
        ret(error);
        load_call();
    }

    /** Refuses a call unless an argument's bits are this. */
    void require_value(uint32_t call, int argument, uint32_t bits, uint32_t value, uint32_t error) {
        begin(call, argument, 4);
        add(BPF_ALU | BPF_AND | BPF_K, bits, 0, 0);
        add(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
        ret(error);
        load_call();
    }

    void check_processor() {
        add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch), 0, 0);
        add(BPF_JMP | BPF_JEQ | BPF_K, PROCESSOR, 1, 0);
        add(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
        load_call();
    }

    void refuse_above(uint32_t call, uint32_t error) {
        add(BPF_JMP | BPF_JGT | BPF_K, call, 0, 1);
        ret(error);
    }

    void install() {
        add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
        sock_fprog all{static_cast<unsigned short>(steps.size()), steps.data()};
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all) != 0) {
            fail("seccomp takes no filter", errno);
        }
    }

private:
    std::vector<sock_filter> steps;

    void add(int code, uint32_t value, uint8_t if_so, uint8_t if_not) {
        steps.push_back({static_cast<uint16_t>(code), if_so, if_not, value});
    }

    void ret(uint32_t error) { add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error, 0, 0); }

    void load_call() { add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr), 0, 0); }

    /** Loads the argument of this call; of others passes over what follows. */
    void begin(uint32_t call, int argument, uint8_t follow) {
        add(BPF_JMP | BPF_JEQ | BPF_K, call, 0, static_cast<uint8_t>(follow + 1));
        add(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(offsetof(seccomp_data, args) + 8 * static_cast<size_t>(argument)), 0, 0);
    }
};

}  // namespace

void confine_calls() {
    constexpr uint32_t TERMINAL_INPUT = 0x5412, CONSOLE = 0x541c;
    constexpr uint32_t DUMPABLE = 4;
    constexpr uint32_t KIND_OF_SOCKET = 0xf;
    constexpr uint32_t CLONE3 = 435, OPENAT2 = 437;
    Program filter;
    filter.check_processor();
    filter.refuse_above(LAST_KNOWN, ENOSYS);
    // Callers fall back to the calls whose arguments can be looked at.
    filter.refuse(CLONE3, ENOSYS);
    filter.refuse(OPENAT2, ENOSYS);
    filter.refuse_bits(SYS_clone, 0, NAMESPACES, EPERM);
    filter.require_value(SYS_socketpair, 0, UINT32_MAX, AF_UNIX, EACCES);
    // A pair of datagram sockets can be connected anew.
    filter.require_value(SYS_socketpair, 1, KIND_OF_SOCKET, SOCK_STREAM, EACCES);
    filter.require_value(SYS_prlimit64, 0, UINT32_MAX, 0, EPERM);
    filter.refuse_value(SYS_ioctl, 1, TERMINAL_INPUT, EPERM);
    filter.refuse_value(SYS_ioctl, 1, CONSOLE, EPERM);
    // Who is watched must stay in view.
    filter.refuse_value(SYS_prctl, 0, DUMPABLE, EPERM);
    for (uint32_t call : REFUSED) {
        filter.refuse(call, call == SYS_socket ? EACCES : EPERM);
    }
    filter.install();
}

}  // namespace espalier
