#ifndef CELERIAC_SHARED_SOCKET_H
#define CELERIAC_SHARED_SOCKET_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/// Makes a second descriptor of a socket, which started programs do not inherit.
///
/// Returns it, or -1.
int celeriac_share_socket(int descriptor);

/// Sends as much as fits at once, without a signal if the peer has gone.
///
/// Returns the number of bytes; 0 if nothing fits, -1 after an error.
long celeriac_send_now(int descriptor, const void *bytes, unsigned long count);

/// Waits for bytes and reads them. Where the system cannot wait for less, it waits for whole milliseconds.
///
/// Returns the number of bytes; 0 if none came in time, -1 after an error or at the end of the stream.
long celeriac_receive_within(int descriptor, void *room, unsigned long size, int64_t nanoseconds);

/// Ends the connection for all its descriptors. Threads that wait for bytes wake up.
void celeriac_end_connection(int descriptor);

void celeriac_close_descriptor(int descriptor);

#pragma clang assume_nonnull end

#endif
