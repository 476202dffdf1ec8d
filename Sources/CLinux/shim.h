// What Swift cannot call itself: prctl(2) is variadic, and between fork(2) and exec only C may run.
#pragma once
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

/// Forbids core dumps and other users' ptrace of this process; 0 or -1 with errno.
static inline int CLinux_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L); }

/// Raises what this process may lock to what it is allowed at most; that in bytes, -1 where there is no limit.
static inline long CLinux_widest_memory_lock(void) {
    struct rlimit limit = {0};
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_MEMLOCK, &limit);
    return limit.rlim_max == RLIM_INFINITY ? -1 : (long)limit.rlim_max;
}

/// Locks each page of this process that is or will be touched; 0 or -1 with errno.
static inline int CLinux_lock_memory(void) { return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT); }

/// 1 if this process may be dumped, 0 if not.
static inline int CLinux_may_be_dumped(void) { return prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L); }

/// A descriptor that poll(2) finds readable once that process has ended (pidfd_open(2)); -1 with errno.
static inline int CLinux_watch_process(int process) { return (int)syscall(SYS_pidfd_open, process, 0); }

/// Names the calling thread; the kernel keeps 15 bytes.
static inline int CLinux_name_thread(const char *name) {
    return prctl(PR_SET_NAME, (unsigned long)name, 0L, 0L, 0L);
}

/// What ntp_adjtime(3) says when it is only asked: reading needs no right.
struct CLinux_clock {
    int is_known;         // 0 where the kernel (or a container's filter) does not answer
    int is_synchronised;  // STA_UNSYNC is not set, and the state is not TIME_ERROR
    long estimated_error; // microseconds
    long maximum_error;   // microseconds
};

static inline struct CLinux_clock CLinux_read_clock(void) {
    struct timex answer = {0};
    int state = ntp_adjtime(&answer);
    struct CLinux_clock clock = {0};
    if (state < 0) return clock;
    clock.is_known = 1;
    clock.is_synchronised = state != TIME_ERROR && (answer.status & STA_UNSYNC) == 0;
    clock.estimated_error = answer.esterror;
    clock.maximum_error = answer.maxerror;
    return clock;
}

/// Starts a program, found on PATH, with these descriptors as its standard input and output, and no other but standard
/// error. It stays in this process's group, so that a terminal that is ours is its own too, and it is killed when the
/// calling thread ends. Its process number, or -1 with errno; a program that cannot be started ends with status 127.
static inline pid_t CLinux_start_beside(const char *program, char *const arguments[], int input, int output) {
    pid_t parent = getpid();
    pid_t child = fork();
    if (child != 0) return child;
    // SIGKILL: a program that waits for a terminal that is gone may not hear anything else.
    if (prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0L, 0L, 0L) != 0 || getppid() != parent) _exit(127);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    for (unsigned index = 0; index < sizeof ending / sizeof *ending; index++) signal(ending[index], SIG_DFL);
    if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0) _exit(127);
    (void)syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
    execvp(program, arguments);
    _exit(127);
}
