#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "CChildProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>
#endif

#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 34)
#define CELERIAC_HAS_CLOSEFROM 1
#endif

// Moves both descriptors above the channel's number, so that no `dup2` at a child's start can overwrite one of them.
static int lift(int ends[2]) {
    for (int end = 0; end < 2; end++) {
        int lifted = fcntl(ends[end], F_DUPFD_CLOEXEC, 10);
        int error = errno;
        close(ends[end]);
        ends[end] = lifted;
        if (lifted >= 0) continue;
        close(ends[1 - end]);
        return error;
    }
    return 0;
}

static void add_flag(int descriptor, int flag) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags >= 0) fcntl(descriptor, F_SETFL, flags | flag);
}

int celeriac_make_channel(int ends[2]) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) return errno;
    int error = lift(ends);
    if (error) return error;
    const int bytes = 1 << 20;
    for (int end = 0; end < 2; end++) {
        add_flag(ends[end], O_NONBLOCK);
        setsockopt(ends[end], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
#if defined(SO_NOSIGPIPE)
        const int on = 1;
        setsockopt(ends[end], SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    }
    return 0;
}

int celeriac_make_pipe(int ends[2]) {
    if (pipe(ends)) return errno;
    int error = lift(ends);
    if (!error) add_flag(ends[0], O_NONBLOCK);
    return error;
}

double celeriac_seconds(const void *time) {
    const struct timeval *value = time;
    return (double)value->tv_sec + (double)value->tv_usec / 1e6;
}

void celeriac_make_blocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags >= 0) fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK);
}

long celeriac_send(int descriptor, const void *bytes, unsigned long count) {
#if defined(MSG_NOSIGNAL)
    const int flags = MSG_NOSIGNAL;
#else
    const int flags = 0;
#endif
    ssize_t sent;
    do sent = send(descriptor, bytes, count, flags);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

static int set_files(posix_spawn_file_actions_t *files, int channel, int output) {
    int error = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!error) error = posix_spawn_file_actions_adddup2(files, output, STDOUT_FILENO);
    if (!error) error = posix_spawn_file_actions_adddup2(files, output, STDERR_FILENO);
    if (!error) error = posix_spawn_file_actions_adddup2(files, channel, CELERIAC_CHANNEL);
#if defined(CELERIAC_HAS_CLOSEFROM)
    if (!error) error = posix_spawn_file_actions_addclosefrom_np(files, CELERIAC_CHANNEL + 1);
#endif
    return error;
}

static int set_attributes(posix_spawnattr_t *attributes) {
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
#if defined(__APPLE__)
    flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
    int error = posix_spawnattr_setsigdefault(attributes, &all);
    if (!error) error = posix_spawnattr_setsigmask(attributes, &none);
    if (!error) error = posix_spawnattr_setpgroup(attributes, 0);
    if (!error) error = posix_spawnattr_setflags(attributes, flags);
    return error;
}

int celeriac_spawn(
    const char *path, char *const *arguments, char *const *environment, int channel, int output, pid_t *pid) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&files);
    if (error) return error;
    error = posix_spawnattr_init(&attributes);
    if (!error) {
        error = set_files(&files, channel, output);
        if (!error) error = set_attributes(&attributes);
        if (!error) error = posix_spawn(pid, path, &files, &attributes, arguments, environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&files);
    return error;
}

int celeriac_await_end(pid_t pid) {
    siginfo_t info;
    int result;
    do result = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
    while (result < 0 && errno == EINTR);
    return result < 0 ? errno : 0;
}

int celeriac_reap(pid_t pid, struct celeriac_exit *end) {
    int status = 0;
    struct rusage usage = {0};
    pid_t ended;
    do ended = wait4(pid, &status, 0, &usage);
    while (ended < 0 && errno == EINTR);
    if (ended < 0) return errno;
    end->exited = WIFEXITED(status);
    end->code = end->exited ? WEXITSTATUS(status) : WTERMSIG(status);
#if defined(__APPLE__)
    end->peak_bytes = usage.ru_maxrss;
#else
    end->peak_bytes = (int64_t)usage.ru_maxrss * 1024;
#endif
    return 0;
}

int celeriac_be_child(pid_t parent) {
    const struct rlimit no_core = {0, 0};
    // Its last output must be written before a trap.
    setvbuf(stdout, NULL, _IOLBF, 0);
    setrlimit(RLIMIT_CORE, &no_core);
    fcntl(CELERIAC_CHANNEL, F_SETFD, FD_CLOEXEC);
#if defined(__linux__)
    // A core file that goes through a pipe ignores the limit; this leaves nothing to write into it.
    int filter = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
    if (filter >= 0) {
        if (write(filter, "0", 1) < 0) errno = 0;
        close(filter);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#if defined(__GLIBC__)
    // The system knows the process as "exe", by the path that it was started from.
    prctl(PR_SET_NAME, program_invocation_short_name);
#endif
#endif
    return getppid() == parent ? 0 : -1;
}
