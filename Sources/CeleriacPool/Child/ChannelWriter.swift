#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import CChildProcess
import CeleriacCore
import Synchronization

/// One end of the channel between a supervisor and a child, for writing: gathers the frames of many threads.
///
/// A thread that finds no other thread writing writes for all. Bytes that do not fit are kept: call ``flush()`` again
/// once there is room.
final class ChannelWriter: Sendable {
    private struct State {
        var pending: [UInt8] = []
        /// The last buffer that was written, emptied, so that the next one need not be allocated.
        var spare: [UInt8] = []
        var isWriting = false
        var isBlocked = false
        var isClosed = false
    }

    private static let largestSpare = 256 << 10

    let descriptor: Int32
    private let state = Guarded(State())

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Whether everything is written, or nothing more can be.
    var isDrained: Bool { state.withLock { $0.pending.isEmpty && !$0.isWriting } }

    /// Whether bytes wait for room.
    var isBlocked: Bool { state.withLock { $0.isBlocked } }

    func append(_ frame: [UInt8]) {
        state.withLock { state in
            if !state.isClosed { state.pending += frame }
        }
    }

    /// Ends all writing: the other end is gone, or the descriptor is about to be closed.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.pending = []
        }
    }

    /// Writes as much as fits.
    ///
    /// - Returns: whether some of it must wait for room.
    @discardableResult
    func flush() -> Bool {
        while var bytes = take() {
            let sent = send(bytes)
            guard put(back: bytes, from: sent) else { break }
            bytes.removeAll(keepingCapacity: bytes.capacity <= Self.largestSpare)
            state.withLock { $0.spare = bytes }
        }
        return isBlocked
    }

    /// Writes everything, and waits for room. Returns once all is written, or the other end is gone.
    func flushWaiting() {
        while flush() { waitForRoom() }
    }

    private func take() -> [UInt8]? {
        state.withLock { state in
            guard !state.isWriting, !state.pending.isEmpty else { return nil }
            state.isWriting = true
            state.isBlocked = false
            let bytes = state.pending
            state.pending = state.spare
            state.spare = []
            return bytes
        }
    }

    /// - Returns: how many bytes were written; negative if the other end is gone.
    private func send(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count, let start = bytes.baseAddress {
                let count = celeriac_send(descriptor, start + sent, UInt(bytes.count - sent))
                if count == Int(-EAGAIN) || count == Int(-EWOULDBLOCK) { break }
                if count < 0 { return -1 }
                sent += count
            }
            return sent
        }
    }

    /// - Returns: whether there may be more to write.
    private func put(back bytes: [UInt8], from sent: Int) -> Bool {
        state.withLock { state in
            state.isWriting = false
            if sent < 0 {
                state.isClosed = true
                state.pending = []
            } else if sent < bytes.count {
                state.pending = bytes[sent...] + state.pending
                state.isBlocked = true
                return false
            }
            return true
        }
    }

    private func waitForRoom() {
        var place = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&place, 1, -1)
    }
}
