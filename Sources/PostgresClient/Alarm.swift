import Foundation
import Synchronization

/// Wakes a thread of ours that waits for a socket, by a pipe.
final class Alarm: Sendable {
    enum Waking {
        case ready
        case late
        /// Rung since it was last quietened.
        case rung
        /// The thread is to end.
        case over
    }

    private let reading: Int32
    private let writing: Int32
    private let isEnded = Atomic(false)

    /// If the process can open no further descriptor, the alarm stays silent: the thread then wakes at its deadline.
    init() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            (reading, writing) = (-1, -1)
            return
        }
        (reading, writing) = (ends[0], ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        guard reading >= 0 else { return }
        close(reading)
        close(writing)
    }

    /// Wakes the thread that waits, or the next one to wait. May be called from any thread.
    func ring() {
        var byte: UInt8 = 1
        // A full pipe wakes as well, so a failed write does no harm.
        if writing >= 0 { _ = write(writing, &byte, 1) }
    }

    /// Wakes the thread for good.
    func end() {
        isEnded.store(true, ordering: .releasing)
        ring()
    }

    var isOver: Bool { isEnded.load(ordering: .acquiring) }

    /// Forgets that the alarm was rung.
    func quieten() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while reading >= 0, read(reading, &bytes, bytes.count) > 0 {}
    }

    /// Waits until the socket is ready, the alarm rings or the time is over.
    ///
    /// - Parameter socket: -1 for none.
    func wait(
        for socket: Int32, reading isReading: Bool = true, writing isWriting: Bool = false,
        until due: ContinuousClock.Instant
    ) -> Waking {
        let events = Int16((isReading ? POLLIN : 0) | (isWriting ? POLLOUT : 0))
        while true {
            var descriptors = [pollfd(fd: socket, events: events, revents: 0)]
            descriptors.append(pollfd(fd: reading, events: Int16(POLLIN), revents: 0))
            let count = poll(&descriptors, 2, due.milliseconds)
            if isOver { return .over }
            if count > 0 { return descriptors[1].revents != 0 ? .rung : .ready }
            // EINTR, or a wait that poll cut to its longest one.
            if Due.isPast(due) { return .late }
        }
    }

    /// Whether there is something to read right now.
    static func isReadable(_ socket: Int32) -> Bool {
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) > 0
    }
}
