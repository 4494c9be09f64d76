// For ppoll(2).
#define _GNU_SOURCE

#include "CSharedSocket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifdef __APPLE__
// Whoever made the socket has set SO_NOSIGPIPE.
#define NO_SIGNAL 0
#else
#define NO_SIGNAL MSG_NOSIGNAL
#endif

#define SECOND 1000000000

int celeriac_share_socket(int descriptor) { return fcntl(descriptor, F_DUPFD_CLOEXEC, 3); }

long celeriac_send_now(int descriptor, const void *bytes, unsigned long count) {
    for (;;) {
        ssize_t sent = send(descriptor, bytes, count, NO_SIGNAL | MSG_DONTWAIT);
        if (sent >= 0) return sent;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
        if (errno != EINTR) return -1;
    }
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * SECOND + time.tv_nsec;
}

/// Returns 1 if there are bytes to read or the stream has ended, 0 if the time has passed, -1 after an error.
static int wait_for(int descriptor, int64_t nanoseconds) {
    struct pollfd place = {.fd = descriptor, .events = POLLIN};
#ifdef __APPLE__
    return poll(&place, 1, (int)((nanoseconds + 999999) / 1000000));
#else
    struct timespec time = {.tv_sec = nanoseconds / SECOND, .tv_nsec = nanoseconds % SECOND};
    return ppoll(&place, 1, &time, NULL);
#endif
}

long celeriac_receive_within(int descriptor, void *room, unsigned long size, int64_t nanoseconds) {
    int64_t end = now() + nanoseconds;
    for (int64_t rest = nanoseconds; rest > 0; rest = end - now()) {
        int ready = wait_for(descriptor, rest);
        if (ready == 0) return 0;
        if (ready > 0) {
            ssize_t count = recv(descriptor, room, size, MSG_DONTWAIT);
            if (count > 0) return count;
            if (count == 0) return -1;
            if (errno == EAGAIN || errno == EWOULDBLOCK) continue;
        }
        if (errno != EINTR) return -1;
    }
    return 0;
}

void celeriac_end_connection(int descriptor) { shutdown(descriptor, SHUT_RDWR); }

void celeriac_close_descriptor(int descriptor) { close(descriptor); }
