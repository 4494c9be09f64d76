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
/// Frames are encoded straight into the buffer of the next write. A thread that finds no other thread writing writes
/// for all. Bytes that do not fit are kept: call ``flush()`` again once there is room.
final class ChannelWriter: Sendable {
    let descriptor: Int32
    private let state = Guarded(State())

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Whether everything is written, or nothing more can be.
    var isDrained: Bool { state.withLock { $0.isDrained } }

    /// Whether bytes wait for room.
    var isBlocked: Bool { state.withLock { $0.isBlocked } }

    /// Adds the frames that `encode` writes. Does nothing once the other end is gone.
    ///
    /// - Returns: whether the caller must see to it that they are written; otherwise they go with earlier frames.
    @discardableResult
    func append(_ encode: (inout FrameWriter) -> Void) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            let isFirst = state.takesNew && state.pending.bytes.isEmpty
            encode(&state.pending)
            return isFirst
        }
    }

    @discardableResult
    func append(_ frame: [UInt8]) -> Bool { append { $0.put(frames: frame) } }

    /// Ends all writing. Returns once no thread writes, so that the descriptor can be closed: its number may be that of
    /// another child's channel a moment later.
    func close() {
        while state.withLock({ $0.close() }) { sched_yield() }
    }

    /// Writes as much as fits.
    ///
    /// - Returns: whether some of it must wait for room.
    @discardableResult
    func flush() -> Bool {
        var next = state.withLock { $0.take() }
        while var batch = next.take() {
            let isGone = !send(&batch)
            next = state.withLock { state in
                state.put(back: &batch, isGone: isGone)
                return state.isBlocked ? nil : state.take()
            }
        }
        return isBlocked
    }

    /// Writes everything, and waits for room. Returns once all is written, or the other end is gone.
    func flushWaiting() {
        while flush() { waitForRoom() }
    }

    /// - Returns: `false` if the other end is gone.
    private func send(_ batch: inout Batch) -> Bool {
        batch.frames.bytes.withUnsafeBytes { bytes in
            while batch.sent < bytes.count, let start = bytes.baseAddress {
                let count = celeriac_send(descriptor, start + batch.sent, UInt(bytes.count - batch.sent))
                if count == Int(-EAGAIN) || count == Int(-EWOULDBLOCK) { return true }
                if count < 0 { return false }
                batch.sent += count
            }
            return true
        }
    }

    private func waitForRoom() {
        var place = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&place, 1, -1)
    }
}

/// Frames that go out in one write, or in several if they do not fit.
private struct Batch {
    var frames = FrameWriter()
    /// How many of their bytes are written.
    var sent = 0
}

extension ChannelWriter {
    /// The frames that are not written yet.
    private struct State {
        /// The frames of the next batch.
        var pending = FrameWriter()
        /// A batch that was not written to its end.
        private var partial: Batch?
        /// The last buffer that was written, emptied, so that the next one need not be allocated.
        private var spare = FrameWriter()
        private var isWriting = false
        private(set) var isClosed = false

        private static let largestSpare = 256 << 10

        var isBlocked: Bool { partial != nil && !isWriting }
        var isDrained: Bool { pending.bytes.isEmpty && partial == nil && !isWriting }
        /// Whether nobody writes, and nothing waits for room.
        var takesNew: Bool { partial == nil && !isWriting }

        /// Takes the next batch to write. Returns `nil` if nothing waits, and while another thread writes.
        mutating func take() -> Batch? {
            guard !isWriting else { return nil }
            if let batch = partial.take() {
                isWriting = true
                return batch
            }
            guard !pending.bytes.isEmpty else { return nil }
            isWriting = true
            defer {
                pending = spare
                spare = FrameWriter()
            }
            return Batch(frames: pending)
        }

        mutating func put(back batch: inout Batch, isGone: Bool) {
            isWriting = false
            guard !isGone, !isClosed else {
                close()
                return
            }
            guard batch.sent == batch.frames.bytes.count else { return partial = batch }
            batch.frames.removeAll(keeping: Self.largestSpare)
            spare = batch.frames
        }

        /// - Returns: whether a thread still writes.
        @discardableResult
        mutating func close() -> Bool {
            isClosed = true
            pending = FrameWriter()
            partial = nil
            return isWriting
        }
    }
}
