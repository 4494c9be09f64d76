import Celeriac
import CeleriacCore
import Logging
import Synchronization

extension Check where Subject == any Broker {
    /// A worker that claims ahead of its slots must not hold calls back from other workers.
    static var sharing: [BrokerCheck] {
        [
            BrokerCheck("a worker whose only slot is blocked gives back what it holds ahead of it") { broker, time in
                let field = try SharingField(broker, time)
                try await field.whileWorking {
                    try await field.openWindow()
                    try await field.block()
                    try await field.send(20)
                    try await time.passes {
                        try await field.whileWorking { try await field.hasRunAll() }
                    }
                    field.unblock()
                }
            },
            BrokerCheck(
                "what a worker gives back without having started it is not counted, and keeps its order",
                needs: [.order, .counts, .uncountedReleases, .exactCounts]
            ) { broker, time in
                let field = try SharingField(broker, time)
                try await field.whileWorking {
                    try await field.openWindow()
                    try await field.block()
                    let sent = try await field.send(20)
                    while try await broker.counts(of: .default).ready != 0 { await Task.yield() }
                    try await time.passes {
                        while try await broker.counts(of: .default).ready != 20 { await Task.yield() }
                    }
                    let all = try await broker.consume { try await $0.peers(20) }
                    try expect(
                        all.map(\.deliveryCount.minimum), is: Array(repeating: 1, count: 20), "delivery counts")
                    try expect(all.map(\.id), is: sent, "order")
                    field.unblock()
                }
            },
        ]
    }
}

extension ManualTime {
    /// Runs the body while the clock goes on, 25 times as fast as a real one. A broker works in real time, so
    /// with a faster clock every call would wait too long.
    fileprivate func passes(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    await self.advance(by: .milliseconds(50))
                    try? await Task.sleep(for: .milliseconds(2))
                }
            }
            defer { group.cancelAll() }
            try await body()
        }
    }
}

/// An app on the broker under test, with short tasks and one that blocks its slot.
private struct SharingField: Sendable {
    private let app: TaskApp
    private let short: ClosureTask<Int, Int>
    private let long: ClosureTask<Bool>
    private let runs = SharingRuns()
    private let gate = AsyncStream<Never>.makeStream()

    init(_ broker: any Broker, _ time: ManualTime) throws {
        app = try TaskApp(
            Backend(broker: broker), options: AppOptions(discoversTasks: false), time: time,
            logger: Logger(label: "celeriac.tests") { _ in SwiftLogNoOpLogHandler() })
        let (gate, runs) = (gate.stream, runs)
        short = try app.task("sharing.short") { (n: Int) in
            runs.add(\.short)
            return n
        }
        long = try app.task("sharing.long") {
            runs.add(\.long)
            for await _ in gate {}
            return true
        }
    }

    /// Runs a worker with one slot beside the body.
    func whileWorking(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let options = WorkerOptions(
            concurrency: 1, name: "sharing-\(TaskID.random())", lease: .hours(9), heartbeat: .hours(9), control: .off,
            eventHeartbeat: .hours(9))
        let worker = Worker(app, options: options)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            group.addTask {
                defer { worker.stop() }
                do { try await body() } catch {
                    unblock()
                    throw error
                }
            }
            for try await _ in group {}
        }
    }

    /// Runs short tasks, after which the worker holds calls ahead of its slot.
    func openWindow() async throws {
        try await send(100)
        try await hasRunAll()
    }

    /// Starts the task that blocks its slot.
    func block() async throws {
        try await app.send(long())
        try await wait { $0.long == 1 }
    }

    func unblock() { gate.continuation.finish() }

    /// Sends short tasks.
    @discardableResult
    func send(_ count: Int) async throws -> [TaskID] {
        runs.add(\.sent, count)
        return try await app.send((0..<count).map { short($0) }).map(\.id)
    }

    /// Waits until all short tasks have run.
    func hasRunAll() async throws { try await wait { $0.short == $0.sent } }

    private func wait(until condition: (SharingRuns.Counts) -> Bool) async throws {
        if condition(runs.counts) { return }
        for await _ in runs.changes where condition(runs.counts) { return }
        throw CancellationError()
    }
}

private final class SharingRuns: Sendable {
    struct Counts {
        var sent = 0
        var short = 0
        var long = 0
    }

    private let state = Guarded(Counts())
    private let signal = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    var counts: Counts { state.withLock { $0 } }
    /// For one reader at a time.
    var changes: AsyncStream<Void> { signal.stream }

    func add(_ kind: any WritableKeyPath<Counts, Int> & Sendable, _ number: Int = 1) {
        state.withLock { $0[keyPath: kind] += number }
        signal.continuation.yield()
    }
}
