#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Dispatch
import Synchronization

/// A thread that writes what a writer has, whenever it is told to: while it is at it, more gathers.
final class ChannelMouth: Sendable {
    private let writer: ChannelWriter
    private let call = DispatchSemaphore(value: 0)
    private let isCalled = Atomic(false)

    init(_ writer: ChannelWriter) { self.writer = writer }

    /// - Returns: whether there is a thread for it.
    func start() -> Bool { NamedThread.start("celeriac.mouth") { self.work() } }

    /// Has it write, soon.
    func open() {
        if !isCalled.exchange(true, ordering: .acquiringAndReleasing) { call.signal() }
    }

    private func work() {
        while true {
            call.wait()
            // Whoever is about to end a task goes first, where there is no core for both.
            sched_yield()
            isCalled.store(false, ordering: .releasing)
            writer.flushWaiting()
        }
    }
}
