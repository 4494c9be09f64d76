#ifndef CELERIAC_CHILD_PROCESS_H
#define CELERIAC_CHILD_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

#pragma clang assume_nonnull begin

/// The descriptor through which a child communicates with its supervisor.
#define CELERIAC_CHANNEL 3

/// Makes a connected pair of non-blocking stream sockets above CELERIAC_CHANNEL. Other started programs do not inherit
/// them.
///
/// Returns 0, or the number of the error.
int celeriac_make_channel(int ends[_Nonnull 2]);

/// Makes a pipe in the same way: first the end to read from, then the end to write to, which blocks.
int celeriac_make_pipe(int ends[_Nonnull 2]);

/// Makes reads and writes of a descriptor wait.
void celeriac_make_blocking(int descriptor);

/// Sends as much as fits, without a signal if nobody reads any longer.
///
/// Returns the number of bytes, or the negative number of the error.
long celeriac_send(int descriptor, const void *bytes, unsigned long count);

/// Returns the seconds of a `struct timeval`. Swift finds its members in different modules on different systems.
double celeriac_seconds(const void *timeval);

/// How a process ended.
struct celeriac_exit {
    /// Whether it ended by `exit`, with `code`; otherwise `code` is the signal that ended it.
    int exited;
    int code;
    /// The most memory that it ever held, in bytes.
    int64_t peak_bytes;
};

/// Starts a program as a child, in a process group of its own, with all signals at their defaults.
///
/// It has four descriptors: an empty standard input, `output` as standard output and error, `channel` as
/// CELERIAC_CHANNEL. `output` and `channel` must be above CELERIAC_CHANNEL.
///
/// Returns 0, or the number of the error.
int celeriac_spawn(
    const char *path, char *_Nullable const *_Nonnull arguments, char *_Nullable const *_Nonnull environment,
    int channel, int output, pid_t *pid);

/// Waits for the end of a child, which keeps its number until it is reaped.
///
/// Returns 0, or the number of the error.
int celeriac_await_end(pid_t pid);

/// Releases a child that has ended. From then on its number may belong to another process.
///
/// Returns 0, or the number of the error.
int celeriac_reap(pid_t pid, struct celeriac_exit *end);

/// Makes this process end with the process that started it, and leave no core file with its data.
///
/// The first works on Linux only, and holds as long as the thread that started this process lives; on other systems the
/// end of the channel must suffice. Returns -1 if that process is already gone, 0 otherwise.
int celeriac_be_child(pid_t parent);

#pragma clang assume_nonnull end

#endif
