#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import CeleriacCore
import Dispatch
import Synchronization

/// A thread that flushes a writer on request. While it writes, more frames gather for its next write.
final class ChannelMouth: Sendable {
    private let writer: ChannelWriter
    private let call = DispatchSemaphore(value: 0)
    private let isCalled = Atomic(false)

    init(_ writer: ChannelWriter) { self.writer = writer }

    /// - Returns: whether its thread could be started.
    func start() -> Bool { NamedThread.start("celeriac.mouth") { self.work() } }

    /// Asks it to write soon.
    func open() {
        if !isCalled.exchange(true, ordering: .acquiringAndReleasing) { call.signal() }
    }

    private func work() {
        while true {
            call.wait()
            // Threads that are about to end a task go first, if there is no core for both.
            sched_yield()
            isCalled.store(false, ordering: .releasing)
            writer.flushWaiting()
        }
    }
}
