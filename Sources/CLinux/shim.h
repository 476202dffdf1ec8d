// What Swift cannot call itself: prctl(2) is variadic.
#pragma once
#include <sys/prctl.h>

/// Forbids core dumps and other users' ptrace of this process; 0 or -1 with errno.
static inline int CLinux_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L); }

/// 1 if this process may be dumped, 0 if not.
static inline int CLinux_may_be_dumped(void) { return prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L); }

/// Asks the kernel to send `signal` to this process when its parent ends.
static inline int CLinux_end_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, (long)signal, 0L, 0L, 0L); }

/// Names the calling thread; the kernel keeps 15 bytes.
static inline int CLinux_name_thread(const char *name) {
    return prctl(PR_SET_NAME, (unsigned long)name, 0L, 0L, 0L);
}
