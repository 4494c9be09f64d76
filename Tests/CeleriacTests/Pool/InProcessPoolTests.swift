import CeleriacCore
import CeleriacPool
import CeleriacTesting
import Foundation
import Logging
import Testing

/// The pool in the worker's own process, with work that is no task of any app.
@Suite("pool in process", .timeLimit(.minutes(15)))
struct InProcessPoolTests {
    private let time = ManualTime()

    @Test("a run without limits ends as its work does")
    func plain() async {
        let end = await pool.run(run(), doing: Work { .success(Array("3".utf8)) })
        guard case .success(let result) = end.outcome else {
            Issue.record("the run came to \(end.outcome)")
            return
        }
        #expect(result == Array("3".utf8))
    }

    @Test("work that ignores its cancellation is left behind at the hard limit")
    func hard() async throws {
        let door = Gate()
        let work = Work {
            await Task { try? await door.wait() }.value
            return .success([])
        }
        let run = run(TimeLimits(hard: .seconds(5)))
        async let end = pool.run(run, doing: work)
        try await time.untilSleepers(1)
        await time.advance(by: .seconds(5))
        #expect(type(await end.outcome) == "exceeded \(Duration.seconds(5))")
        door.open()
    }

    @Test("a run that its soft limit has stopped before ends by that, hard limit or not")
    func softFirst() async throws {
        let door = Gate()
        let work = Work {
            await Task { try? await door.wait() }.value
            return .success([])
        }
        let run = run(TimeLimits(soft: .seconds(2), hard: .seconds(5)))
        async let end = pool.run(run, doing: work)
        try await time.untilSleepers(1)
        await time.advance(by: .seconds(2))
        #expect(run.handle.cancelReason == .softTimeLimit)
        try await time.untilSleepers(1)
        await time.advance(by: .seconds(3))
        #expect(type(await end.outcome) == "stopped \(CancelReason.softTimeLimit)")
        door.open()
    }

    @Test("cancelling the task that runs it cancels the work")
    func cancelled() async {
        let run = run(TimeLimits(hard: .seconds(5)))
        let work = Work {
            while !Task.isCancelled { await Task.yield() }
            return .interrupted
        }
        let task = Task { [pool] in type(await pool.run(run, doing: work).outcome) }
        task.cancel()
        #expect(await task.value == "interrupted")
    }

    private var pool: InProcessPool { InProcessPool(time: time, logger: Logger(label: "test")) }

    private func run(_ times: TimeLimits = TimeLimits()) -> Run {
        let envelope = Envelope(headers: MessageHeaders(id: "id", task: "t"), body: [])
        return Run(
            envelope: envelope, queue: .default, deliveryCount: 1, startedAt: time.now, times: times,
            handle: RunHandle())
    }
}

/// Work whose ends say how it came to them.
private final class Work: RunWork {
    private let body: @Sendable () async -> Outcome

    init(_ body: @escaping @Sendable () async -> Outcome) { self.body = body }

    func perform() async -> RunEnd { RunEnd(await body()) }

    func record(_ state: TaskState, _ meta: [UInt8]) async throws {}

    func outcome(ofBeingStopped reason: CancelReason) -> Outcome {
        .discarded(TaskFailure(type: "stopped \(reason)", message: ""))
    }

    func outcome(ofExceeding limit: Duration) -> Outcome {
        .discarded(TaskFailure(type: "exceeded \(limit)", message: ""))
    }
}

private func type(_ outcome: Outcome) -> String {
    if case .discarded(let failure) = outcome { failure.type } else { "\(outcome)" }
}
