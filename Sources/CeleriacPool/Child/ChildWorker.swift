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

        /// Whether the process must end.
        var isOver: Bool { isRetiring && running.isEmpty }

        /// - Returns: the number of runs that are left, and whether the process must end.
        mutating func end(_ number: UInt64) -> (left: Int, isOver: Bool) {
            running[number] = nil
            return (running.count, isOver)
        }
    }

    /// The exit code of a child that can no longer read its channel: `EX_PROTOCOL` of BSD's sysexits.h.
    static let closedChannel: Int32 = 76

    private let logger: Logger
    private let perform: Perform
    private let writer = ChannelWriter(CELERIAC_CHANNEL)
    private let mouth: ChannelMouth
    /// Runs the tasks of calls that arrive together after one wake-up. A task may hold its thread for long.
    private let tasks = BatchExecutor(mostDrains: ProcessInfo.processInfo.activeProcessorCount, crowd: 0)
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
        var jobs: [Job] = []
        let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { space.deallocate() }
        while true {
            let count = read(CELERIAC_CHANNEL, space.baseAddress, space.count)
            if count < 0, errno == EINTR { continue }
            // The supervisor is gone, or something in this process closed the channel: there is nothing left to do.
            guard count > 0 else { _exit(count == 0 ? EXIT_FAILURE : Self.closedChannel) }
            frames.append(UnsafeRawBufferPointer(rebasing: space[..<count]))
            do {
                while let frame = try frames.next() { try take(frame, &jobs) }
                start(&jobs)
            } catch {
                logger.critical("cannot read a frame from the worker", metadata: ["error": "\(error)"])
                exit(EXIT_FAILURE)
            }
        }
    }

    /// - Parameter jobs: the runs to start once all frames that came together are read.
    private func take(_ frame: Frame, _ jobs: inout [Job]) throws {
        if frame.kind == .job { return jobs.append(Job(try ChildJob(frame))) }
        // A frame about a run finds it started.
        start(&jobs)
        switch frame.kind {
        case .setup:
            let setup = try frame.setup()
            state.withLock { $0.setup = setup }
            send(Frame.hello)
        case .cancel:
            let (number, reason) = try frame.cancellation()
            state.withLock { $0.running[number] }?.cancel(because: reason)
        case .noted:
            let (ticket, problem) = try frame.note()
            state.withLock { $0.notes.removeValue(forKey: ticket) }?.resume(returning: problem)
        case .retire:
            let isOver = state.withLock { state in
                state.isRetiring = true
                return state.isOver
            }
            if isOver { leave() }
        case .touch: return
        case .job, .hello, .outcome, .progress: throw Frame.Violation(description: "a frame that only a child sends")
        }
    }

    private func send(_ frame: [UInt8]) {
        writer.append(frame)
        writer.flushWaiting()
    }

    // MARK: Runs

    /// A call, and the handle of its run.
    private struct Job: Sendable {
        let call: ChildJob
        let handle = RunHandle()

        init(_ call: ChildJob) {
            self.call = call
            handle.start(at: call.startedAt)
        }
    }

    private func start(_ jobs: inout [Job]) {
        guard !jobs.isEmpty else { return }
        state.withLock { state in
            for job in jobs { state.running[job.call.number] = job.handle }
        }
        startTasks(jobs)
        jobs.removeAll(keepingCapacity: true)
    }

    /// The handle holds the run's task, to cancel it. Nothing awaits the tasks, since this process ends by `exit`.
    private func startTasks(_ jobs: [Job]) {
        for job in jobs { job.handle.run(in: Task(executorPreference: tasks) { await self.carryOut(job) }) }
    }

    private func carryOut(_ job: Job) async {
        // Without it an overflow of this thread's stack would leave no message.
        CrashStack.install()
        let number = job.call.number
        let setup = state.withLock { $0.setup }
        let end = await perform(job.call.run(job.handle), setup.worker) { try await self.record(number, $0, $1) }
        let ended = ChildOutcome(
            number: number, end: end, residentBytes: setup.measuresMemory ? ThisProcess.residentBytes : 0)
        let mustFlush = writer.append { $0.put(ended) }
        let (left, isLast) = state.withLock { $0.end(number) }
        if mustFlush { flush(beside: left) }
        if isLast { leave() }
    }

    /// Among many runs, a thread of its own gathers their frames into one write.
    private func flush(beside runs: Int) {
        if runs > Self.fewRuns { mouth.open() } else { writer.flushWaiting() }
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

    /// Ends the process once everything is written.
    private func leave() -> Never {
        writer.flushWaiting()
        // Another thread may be writing.
        while !writer.isDrained { sched_yield() }
        exit(EXIT_SUCCESS)
    }
}
