#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import CChildProcess
package import CeleriacCore
import CrashReport
import Foundation
package import Logging
import Synchronization

/// The child's side of a pool of processes: takes calls from its supervisor, runs them, and answers.
///
/// It claims nothing and settles nothing, and does not know what a run does.
package final class ChildWorker: Sendable {
    /// Records a state that a task has set: the supervisor writes it, and answers whether it could.
    package typealias Recorder = @Sendable (TaskState, [UInt8]) async throws -> Void

    /// Carries a run to its end in this process. Receives the node name of the supervisor's worker.
    package typealias Perform = @Sendable (_ run: Run, _ worker: String, _ record: @escaping Recorder) async -> RunEnd

    private struct State {
        var running: [UInt64: RunHandle] = [:]
        var notes: [UInt64: CheckedContinuation<String?, Never>] = [:]
        var lastTicket: UInt64 = 0
        var setup = Frame.Setup(worker: "", measuresMemory: false)
        var isRetiring = false
    }

    /// The exit code of a child that can no longer read its channel: `EX_PROTOCOL` of BSD's sysexits.h.
    static let closedChannel: Int32 = 76

    private let logger: Logger
    private let perform: Perform
    private let writer = ChannelWriter(CELERIAC_CHANNEL)
    private let mouth: ChannelMouth
    private let state = Guarded(State())
    /// Up to this number of runs, one write for each costs less than waiting for more.
    private static let fewRuns = 4

    package init(logger: Logger, perform: @escaping Perform) {
        self.logger = logger
        self.perform = perform
        mouth = ChannelMouth(writer)
    }

    /// Works until the supervisor no longer needs this process, then ends the process. Everything happens on the
    /// channel's thread and in the tasks that it starts.
    package func run(under parent: Int32) async -> Never {
        unsetenv(ThisProcess.parentVariable)
        guard celeriac_be_child(parent) == 0 else { exit(EXIT_FAILURE) }
        celeriac_make_blocking(CELERIAC_CHANNEL)
        guard mouth.start(), NamedThread.start("celeriac.ear", { self.listen() }) else { exit(EXIT_FAILURE) }
        while true { try? await Task.sleep(for: .seconds(86_400)) }
    }

    // MARK: The channel, on a thread of its own

    private func listen() {
        var frames = FrameBuffer(limit: .max)
        let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { space.deallocate() }
        while true {
            let count = read(CELERIAC_CHANNEL, space.baseAddress, space.count)
            if count < 0, errno == EINTR { continue }
            // The supervisor is gone, or something in this process closed the channel: there is nothing left to do.
            guard count > 0 else { _exit(count == 0 ? EXIT_FAILURE : Self.closedChannel) }
            frames.append(UnsafeRawBufferPointer(rebasing: space[..<count]))
            do {
                var jobs: [(ChildJob, RunHandle)] = []
                while let frame = try frames.next() { try take(frame, &jobs) }
                start(jobs)
            } catch {
                logger.critical("cannot read a frame from the worker", metadata: ["error": "\(error)"])
                exit(EXIT_FAILURE)
            }
        }
    }

    /// - Parameter jobs: receives the runs to start, once all frames that came together are read.
    private func take(_ frame: Frame, _ jobs: inout [(ChildJob, RunHandle)]) throws {
        switch frame.kind {
        case .setup:
            let setup = try frame.setup()
            state.withLock { $0.setup = setup }
            send(Frame.hello)
        case .job: jobs.append(handle(of: try ChildJob(frame)))
        case .cancel:
            let (number, reason) = try frame.cancellation()
            state.withLock { $0.running[number] }?.cancel(because: reason)
        case .noted:
            let (ticket, problem) = try frame.note()
            state.withLock { $0.notes.removeValue(forKey: ticket) }?.resume(returning: problem)
        case .retire:
            state.withLock { $0.isRetiring = true }
            leaveIfIdle()
        case .touch: return
        case .hello, .outcome, .progress: throw Frame.Violation(description: "a frame that only a child sends")
        }
    }

    private func send(_ frame: [UInt8]) {
        writer.append(frame)
        writer.flushWaiting()
    }

    // MARK: Runs

    private func handle(of job: ChildJob) -> (ChildJob, RunHandle) {
        let handle = RunHandle()
        handle.start(at: job.startedAt)
        state.withLock { $0.running[job.number] = handle }
        return (job, handle)
    }

    private func start(_ jobs: [(ChildJob, RunHandle)]) {
        guard jobs.count > 1 else { return startEach(jobs) }
        // From the pool, not from this thread: one wake-up for all of them instead of one for each. Nothing holds the
        // task, since this process ends by `exit`.
        Task { startEach(jobs) }
    }

    /// The handle holds the run's task, to cancel it. Nothing awaits the task, since this process ends by `exit`.
    private func startEach(_ jobs: [(ChildJob, RunHandle)]) {
        for (job, handle) in jobs { handle.run(in: Task { await self.carryOut(job, handle) }) }
    }

    private func carryOut(_ job: ChildJob, _ handle: RunHandle) async {
        // Without it an overflow of this thread's stack would leave no message.
        CrashStack.install()
        let setup = state.withLock { $0.setup }
        let end = await perform(job.run(handle), setup.worker) { try await self.record(job.number, $0, $1) }
        let ended = ChildOutcome(
            number: job.number, end: end, residentBytes: setup.measuresMemory ? ThisProcess.residentBytes : 0)
        writer.append(Frame.outcome(ended))
        let left = state.withLock { state in
            state.running[job.number] = nil
            return state.running.count
        }
        // Among many runs, a thread of its own gathers their frames into one write.
        if left > Self.fewRuns { mouth.open() } else { writer.flushWaiting() }
        leaveIfIdle()
    }

    private func record(_ number: UInt64, _ state: TaskState, _ meta: [UInt8]) async throws {
        let problem = await withCheckedContinuation { continuation in
            let ticket = self.state.withLock { state in
                state.lastTicket += 1
                state.notes[state.lastTicket] = continuation
                return state.lastTicket
            }
            send(Frame.progress(Frame.Progress(number: number, ticket: ticket, state: state, meta: meta)))
        }
        if let problem { throw BrokerError(.refused, problem) }
    }

    /// Ends the process once it is retiring and everything is written.
    private func leaveIfIdle() {
        guard state.withLock({ $0.isRetiring && $0.running.isEmpty }) else { return }
        writer.flushWaiting()
        // Another thread may be writing.
        while !writer.isDrained { sched_yield() }
        exit(EXIT_SUCCESS)
    }
}
