@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker
import CeleriacCore
import CeleriacMemory
@testable import CeleriacPool
import Foundation

/// A pool's state with children that are numbers only.
struct PoolUnderTest {
    var state: PoolState
    private let app: TaskApp
    private let tasks: [TaskOptions.Acknowledgement: AnyTask]
    private var lastRun: UInt64 = 0

    init(count: Int = 1, perChild: Int = 1, limits: ChildOptions = ChildOptions()) throws {
        app = try TaskApp(Backend(MemoryStore()), options: AppOptions(discoversTasks: false))
        state = PoolState(count: count, perChild: perChild, limits: limits, deliveryLimit: 20)
        _ = try app.task("late") { (number: Int) in number }
        _ = try app.task("early", options: TaskOptions(acks: .early)) { (number: Int) in number }
        tasks = [.late: app.registry["late"]!, .early: app.registry["early"]!]
    }

    mutating func run(_ acks: TaskOptions.Acknowledgement = .late) -> ChildRun {
        lastRun += 1
        let envelope = Envelope(
            headers: MessageHeaders(id: TaskID("call-\(lastRun)"), task: TaskName("\(acks)")),
            body: Array("[[1],{},null]".utf8))
        let receipt = Receipt(message: Int64(lastRun), token: Int64(lastRun), queue: .default)
        let attempt = Attempt(
            Delivery(receipt: receipt, envelope: envelope, deliveryCount: 1, leaseDeadline: nil), claimedAt: Date())
        if acks == .early { attempt.acknowledgement = .confirmed }
        let context = TaskContext(
            app: app, envelope: envelope, queue: .default, worker: "w", deliveryCount: 1, startedAt: Date())
        let run = TaskRun(
            attempt: attempt, task: tasks[acks]!,
            arguments: ReceivedArguments(body: envelope.body, positional: [], keywords: []), context: context,
            times: TimeLimits()
        )
        return ChildRun(lastRun, run.run, run)
    }

    /// Starts what an action asks to be started, and makes it ready.
    mutating func launch(_ actions: [PoolState.Action]) -> (children: [Child], actions: [PoolState.Action]) {
        var children: [Child] = []
        var more: [PoolState.Action] = []
        for case .launch(let number, let isQuarantine) in actions {
            let child = Child(
                number: number, pid: Int32(10_000 + number), isQuarantine: isQuarantine, writer: ChannelWriter(-1))
            more += state.launched(child)
            more += state.ready(child)
            children.append(child)
        }
        return (children, more)
    }

    static let trap = ChildEnd(signal: SIGILL, code: 0, peakBytes: 30 << 20, lines: ["about to look"])
    static let killed = ChildEnd(signal: SIGKILL, code: 0, peakBytes: 30 << 20, lines: [])
    static let left = ChildEnd(signal: nil, code: 0, peakBytes: 30 << 20, lines: [])
}

extension [PoolState.Action] {
    /// What runs came to, by their numbers.
    var outcomes: [UInt64: Outcome] {
        reduce(into: [:]) { outcomes, action in
            switch action {
            case .resolve(let run, let outcome): outcomes[run.number] = outcome
            case .ended(let run, let end): outcomes[run.number] = end.outcome
            default: break
            }
        }
    }

    /// Which run went to which child.
    var assignments: [UInt64: Int] {
        reduce(into: [:]) { assignments, action in
            if case .assigned(let run, let child) = action { assignments[run.number] = child.number }
        }
    }

    /// How the pool's start ended.
    var openings: [PoolState.Opening] {
        compactMap { if case .opened(let opening) = $0 { opening } else { nil } }
    }

    var launches: [Bool] {
        compactMap { if case .launch(_, let isQuarantine) = $0 { isQuarantine } else { nil } }
    }
}

extension FrameWriter {
    /// The bytes of the frames that `write` puts.
    static func bytes(_ write: (inout FrameWriter) -> Void) -> [UInt8] {
        var writer = FrameWriter()
        write(&writer)
        return writer.bytes
    }
}

extension Outcome {
    /// Whether the task has crashed its process, and is to blame for it.
    var isBlamed: Bool {
        if case .crashed(let loss) = self { loss.isBlamed } else { false }
    }

    var isInterrupted: Bool {
        if case .interrupted = self { true } else { false }
    }
}

extension PoolState {
    /// One run that came to its end.
    mutating func end(_ number: UInt64, residentBytes: Int = 0, in child: Child) -> [Action] {
        end(
            [ChildOutcome(number: number, end: RunEnd(.success([])), residentBytes: residentBytes)],
            in: child)
    }
}
