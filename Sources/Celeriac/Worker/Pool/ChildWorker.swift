#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import CChildProcess
import Foundation
import Logging
import Synchronization

/// The child's side of a pool of processes: takes calls from its supervisor, runs them, answers.
///
/// It claims nothing and settles nothing. What it sends on behalf of a task goes to the app's broker from here.
final class ChildWorker: Sendable {
    private struct State {
        var running: [UInt64: Attempt] = [:]
        var notes: [UInt64: CheckedContinuation<String?, Never>] = [:]
        var lastTicket: UInt64 = 0
        var setup = Frame.Setup(worker: "", measuresMemory: false)
        var isRetiring = false
    }

    /// With what a child ends that cannot read its channel any more: `EX_PROTOCOL` of BSD's sysexits.h.
    static let closedChannel: Int32 = 76

    private let app: TaskApp
    private let writer = ChannelWriter(CELERIAC_CHANNEL)
    private let mouth: ChannelMouth
    private let state = Guarded(State())
    /// Up to so many a write each costs less than a wait.
    private static let fewRuns = 4

    init(_ app: TaskApp) {
        self.app = app
        mouth = ChannelMouth(writer)
    }

    /// Works until the supervisor has no more use for this process, which ends with it: this does not return, and only
    /// waits, since all else happens on the channel's thread and in the tasks that it starts.
    func run(under parent: Int32) async -> Never {
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
            // Nobody is left to work for, and nobody to answer to: the supervisor is gone, or the channel was closed here.
            guard count > 0 else { _exit(count == 0 ? EXIT_FAILURE : Self.closedChannel) }
            frames.append(UnsafeRawBufferPointer(rebasing: space[..<count]))
            do {
                var jobs: [(ChildJob, Attempt)] = []
                while let frame = try frames.next() { try take(frame, &jobs) }
                start(jobs)
            } catch {
                app.logger.critical("the worker's words make no sense here", metadata: ["error": "\(error)"])
                exit(EXIT_FAILURE)
            }
        }
    }

    /// - Parameter jobs: what is to be started once all that came with it is read.
    private func take(_ frame: Frame, _ jobs: inout [(ChildJob, Attempt)]) throws {
        switch frame.kind {
        case .setup:
            let setup = try frame.setup()
            state.withLock { $0.setup = setup }
            send(Frame.hello)
        case .job: jobs.append(attempt(at: try ChildJob(frame)))
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

    private func attempt(at job: ChildJob) -> (ChildJob, Attempt) {
        // A receipt of no use: who has the real one settles.
        let receipt = Receipt(message: 0, token: Int64(bitPattern: job.number), queue: job.queue)
        let delivery = Delivery(
            receipt: receipt, envelope: job.envelope, deliveryCount: job.deliveryCount, leaseDeadline: nil)
        let attempt = Attempt(delivery, claimedAt: job.startedAt)
        attempt.start(at: job.startedAt)
        state.withLock { $0.running[job.number] = attempt }
        return (job, attempt)
    }

    private func start(_ jobs: [(ChildJob, Attempt)]) {
        guard jobs.count > 1 else { return startEach(jobs) }
        // From the pool, not from this thread: one wake-up for all of them instead of one for each.
        Task { startEach(jobs) }
    }

    private func startEach(_ jobs: [(ChildJob, Attempt)]) {
        for (job, attempt) in jobs { attempt.run(in: Task { await self.perform(job, attempt) }) }
    }

    private func perform(_ job: ChildJob, _ attempt: Attempt) async {
        // Without it an overflow of this thread's stack would leave no word.
        CrashStack.install()
        let setup = state.withLock { $0.setup }
        let context = TaskContext(
            app: app, envelope: job.envelope, queue: job.queue, worker: setup.worker, deliveryCount: job.deliveryCount,
            startedAt: job.startedAt, recorder: { try await self.record(job.number, $0, $1) }
        )
        let outcome = await outcome(of: job, attempt, context)
        let ended = ChildOutcome(
            number: job.number, outcome: outcome, children: context.children,
            additions: context.additions.withLock { $0 },
            residentBytes: setup.measuresMemory ? ThisProcess.residentBytes : 0
        )
        writer.append(Frame.outcome(ended))
        let left = state.withLock { state in
            state.running[job.number] = nil
            return state.running.count
        }
        // Among many, a thread of its own gathers what they have to say into one write.
        if left > Self.fewRuns { mouth.open() } else { writer.flushWaiting() }
        leaveIfIdle()
    }

    private func outcome(of job: ChildJob, _ attempt: Attempt, _ context: TaskContext) async -> Outcome {
        guard let task = app.registry[job.envelope.task] else {
            return .rejected(.notRegistered(job.envelope.task, known: app.registry.count))
        }
        do {
            let arguments = try app.codec.decode(job.envelope).arguments
            let run = TaskRun(
                attempt: attempt, task: task, arguments: arguments, context: context, times: LiveLimits.Times())
            return await TaskRunner(app: app).outcome(of: run)
        } catch {
            // It was decoded in the supervisor before; there is no way to come here but a bug.
            return .rejected(TaskFailure(type: "DecodeError", module: "Celeriac", message: "\(error)"))
        }
    }

    private func record(_ number: UInt64, _ state: TaskState, _ meta: [UInt8]) async throws {
        _ = try app.requireResults()
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

    /// Ends the process once it is not needed any more and owes nothing.
    private func leaveIfIdle() {
        guard state.withLock({ $0.isRetiring && $0.running.isEmpty }) else { return }
        writer.flushWaiting()
        // Another thread may be in the midst of a write.
        while !writer.isDrained { sched_yield() }
        exit(EXIT_SUCCESS)
    }
}
