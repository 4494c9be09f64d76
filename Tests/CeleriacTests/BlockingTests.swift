import CeleriacCore
@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker
import CeleriacTesting
import Foundation
import Synchronization
import Testing

/// Tasks that block their threads, among tasks that do not.
@Suite("execution: .blocking", .timeLimit(.minutes(15)))
struct BlockingTests {
    /// More than the cooperative pool has threads.
    private let crowd = ProcessInfo.processInfo.activeProcessorCount * 4

    @Test("more tasks than cores block until a cooperative one has run beside them")
    func beside() async throws {
        let app = try makeApp()
        let door = Door()
        let blocking = try app.task("block", options: TaskOptions(execution: .blocking)) { (_: Int) in door.pass() }
        let opening = try app.task("open") { () -> Bool in
            door.open(); return true
        }
        try await withWorker(app, WorkerOptions(concurrency: crowd + 1)) { _ in
            var waiting: [AsyncResult<Int>] = []
            for number in 0..<crowd { waiting.append(try await app.send(blocking(number))) }
            try await door.arrivals.wait(for: crowd)
            #expect(try await app.send(opening()).get())
            for result in waiting { #expect(try await result.get() <= crowd) }
        }
    }

    @Test("child tasks of one that blocks may block too")
    func children() async throws {
        let app = try makeApp()
        let door = Door()
        let count = crowd
        let parent = try app.task("parent", options: TaskOptions(execution: .blocking)) { () in
            await withTaskGroup(of: Int.self) { group in
                for _ in 0..<count { group.addTask { door.pass() } }
                try? await door.arrivals.wait(for: count)
                door.open()
                var ended = 0
                for await _ in group { ended += 1 }
                return ended
            }
        }
        let result = try await app.send(parent())
        _ = try await drain(app)
        #expect(try await result.get() == count)
    }

    @Test("beyond the bound jobs wait for a thread, and all run")
    func bound() async throws {
        let executor = BlockingExecutor(bound: 2)
        let most = Journal<Int>()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask(executorPreference: executor) { most.write(executor.threads) }
            }
        }
        #expect(most.entries.count == 50)
        #expect(most.entries.allSatisfy { (1...2).contains($0) })
    }

    @Test("a thread is used again, and ends when nothing comes")
    func threads() async throws {
        let executor = BlockingExecutor(idleTime: .milliseconds(1))
        for _ in 0..<300 { await Task(executorPreference: executor) {}.value }
        #expect(executor.threads < 100)
        while executor.threads > 0 { await Task.yield() }
        #expect(await Task(executorPreference: executor) { executor.threads }.value >= 1)
    }

    @Test("jobs from many sides, while threads come and go, are each run once")
    func storm() async {
        let executor = BlockingExecutor(bound: 8, idleTime: .nanoseconds(0))
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 0..<2_000 {
                group.addTask(executorPreference: executor) {
                    await Task.yield()
                    return number
                }
            }
            var sum = 0
            for await number in group { sum += number }
            return sum
        }
        #expect(sum == 2_000 * 1_999 / 2)
    }
}

/// Blocks the threads of those who want to pass, until it is opened.
private final class Door: Sendable {
    /// Counts those who have come to the door.
    let arrivals = Counter()
    private let condition = NSCondition()
    private let isOpen = Guarded(false)

    /// - Returns: how many had arrived.
    func pass() -> Int {
        let number = arrivals.add()
        condition.lock()
        defer { condition.unlock() }
        while !isOpen.withLock({ $0 }) { condition.wait() }
        return number
    }

    func open() {
        condition.lock()
        defer { condition.unlock() }
        isOpen.withLock { $0 = true }
        condition.broadcast()
    }
}

/// A number that grows, and tells when it has come far enough.
private final class Counter: Sendable {
    private struct State {
        var number = 0
        var target = Int.max
    }
    private let state = Guarded(State())
    private let gate = Gate()

    func add() -> Int {
        let (number, isThere) = state.withLock { state in
            state.number += 1
            return (state.number, state.number >= state.target)
        }
        if isThere { gate.open() }
        return number
    }

    /// For one waiter.
    func wait(for target: Int) async throws {
        let isThere = state.withLock { state in
            state.target = target
            return state.number >= target
        }
        if isThere { gate.open() }
        try await gate.wait()
    }
}
