#ifndef CELERIAC_CHILD_PROCESS_H
#define CELERIAC_CHILD_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

#pragma clang assume_nonnull begin

/// The descriptor on which a child speaks with its supervisor.
#define CELERIAC_CHANNEL 3

/// A connected pair of stream sockets, both non-blocking, closed in whatever else is started, and above CELERIAC_CHANNEL.
///
/// Returns 0, or the number of the error.
int celeriac_make_channel(int ends[_Nonnull 2]);

/// A pipe, likewise: first what is read from, then what is written to, of which the latter blocks.
int celeriac_make_pipe(int ends[_Nonnull 2]);

/// Makes reads and writes of a descriptor wait.
void celeriac_make_blocking(int descriptor);

/// Sends as much as fits, without a signal where nobody reads any more.
///
/// Returns the number of bytes, or the negative number of the error.
long celeriac_send(int descriptor, const void *bytes, unsigned long count);

/// The seconds of a `struct timeval`, whose members Swift finds now in one module, now in another.
double celeriac_seconds(const void *timeval);

/// How a process ended.
struct celeriac_exit {
    /// By `exit`, with `code`; otherwise by the signal `code`.
    int exited;
    int code;
    /// The most memory that it ever held, in bytes.
    int64_t peak_bytes;
};

/// Starts a program as a child, in a process group of its own, with all signals at their defaults.
///
/// It has four descriptors: an empty standard input, `output` as standard output and error, `channel` as CELERIAC_CHANNEL.
/// Both must be above CELERIAC_CHANNEL.
///
/// Returns 0, or the number of the error.
int celeriac_spawn(
    const char *path, char *_Nullable const *_Nonnull arguments, char *_Nullable const *_Nonnull environment,
    int channel, int output, pid_t *pid);

/// Waits for the end of a child, which keeps its number until it is reaped.
///
/// Returns 0, or the number of the error.
int celeriac_await_end(pid_t pid);

/// Takes leave of a child that has ended. Its number may be another process's from then on.
///
/// Returns 0, or the number of the error.
int celeriac_reap(pid_t pid, struct celeriac_exit *end);

/// Makes this process end with the one that started it, and leave no core file with what it was working on.
///
/// The first holds for as long as the thread lives that started it; on Linux only, where elsewhere the end of the channel
/// must do. Returns -1 if that process is gone already, 0 otherwise.
int celeriac_be_child(pid_t parent);

#pragma clang assume_nonnull end

#endif
