import CeleriacWorker
import Celeriac
import CeleriacCore
import CeleriacTesting
import Synchronization
import Testing

@testable import StoreKit

/// In virtual time: how long a call to the server may take is what `perform` gets.
@Suite("Requests that go out together", .timeLimit(.minutes(15)))
struct GathererTests {
    private let time = ManualTime()
    private let calls = Calls()

    private func gatherer(mostCalls: Int = 1) -> Gatherer<Int, Int> {
        Gatherer(
            most: 100, mostCalls: mostCalls, deadline: .seconds(5), on: LaneExecutor(label: "tests.gatherer"),
            clock: time
        ) { _ in 1 }
    }

    /// Submits, and returns once the request is in the queue, and the first one under way.
    private func submit(
        _ request: Int, to gatherer: Gatherer<Int, Int>, within rest: Duration? = nil
    ) async -> Task<Int, any Error> {
        let task = Task { [calls] in
            try await gatherer.submit(request, within: rest) { try await calls.answer($0, within: $1) }
        }
        while gatherer.count + calls.started < request { await Task.yield() }
        // The first goes at once; the others wait behind it.
        while calls.started == 0 { await Task.yield() }
        return task
    }

    @Test("a request that waited behind another has what is left of its deadline, and no second more")
    func oneDeadline() async throws {
        let gatherer = gatherer()
        let first = await submit(1, to: gatherer)
        await time.advance(by: .milliseconds(20))
        let second = await submit(2, to: gatherer)
        await time.advance(by: .milliseconds(4_970))
        calls.go()
        #expect(try await first.value == 1)
        #expect(try await second.value == 2)
        #expect(calls.rests == [.seconds(5), .milliseconds(30)])
    }

    @Test("a request that has much longer left does not end with one whose deadline is near")
    func leeway() async throws {
        let gatherer = gatherer()
        var tasks = [await submit(1, to: gatherer)]
        tasks.append(await submit(2, to: gatherer))
        await time.advance(by: .milliseconds(400))
        tasks.append(await submit(3, to: gatherer))
        await time.advance(by: .milliseconds(4_500))
        tasks.append(await submit(4, to: gatherer))
        calls.go()
        for task in tasks { _ = try await task.value }
        #expect(calls.batches == [[1], [2, 3], [4]])
        #expect(calls.rests == [.seconds(5), .milliseconds(100), .seconds(5)])
    }

    @Test("a request whose deadline passed while it waited is not sent")
    func late() async throws {
        let gatherer = gatherer()
        let first = await submit(1, to: gatherer)
        let second = await submit(2, to: gatherer, within: .seconds(1))
        let third = await submit(3, to: gatherer, within: .milliseconds(1_400))
        await time.advance(by: .milliseconds(1_200))
        calls.go()
        #expect(try await first.value == 1)
        let error = await #expect(throws: BrokerError.self) { try await second.value }
        #expect(error?.code == .deadlineExceeded)
        #expect(error?.message.contains("nothing was sent") == true)
        #expect(try await third.value == 3)
        #expect(calls.rests == [.seconds(5), .milliseconds(200)])
    }

    /// Submits in a task that carries a mark, and notes the mark of the task that carries the request out.
    private func submit(_ request: Int, as mark: String, to gatherer: Gatherer<Int, Int>) -> Task<Int, any Error> {
        Task { [calls] in
            try await Mark.$text.withValue(mark) {
                try await gatherer.submit(request) { requests, rest in
                    calls.note(Mark.text)
                    return try await calls.answer(requests, within: rest)
                }
            }
        }
    }

    @Test(
        "a lone request runs in the task of its caller, others in a task of their own; cancelling a caller cancels none"
    )
    func alone() async throws {
        let gatherer = gatherer()
        let first = submit(1, as: "caller", to: gatherer)
        while calls.started == 0 { await Task.yield() }
        let second = submit(2, as: "other", to: gatherer)
        while gatherer.count == 0 { await Task.yield() }
        first.cancel()
        second.cancel()
        calls.go()
        #expect(try await first.value == 1)
        #expect(try await second.value == 2)
        #expect(calls.batches == [[1], [2]])
        #expect(calls.marks.first == "caller")
        #expect(gatherer.count == 0)
        // A lone request after them goes at once again.
        #expect(try await gatherer.submit(3) { try await calls.answer($0, within: $1) } == 3)
    }

    @Test("where two calls may run, the second starts once as many wait as are under way, and takes its share of them")
    func twoCalls() async throws {
        let gatherer = gatherer(mostCalls: 2)
        var tasks = [await submit(1, to: gatherer), await submit(2, to: gatherer)]
        while calls.batches.count < 2 { await Task.yield() }
        for request in 3...6 { tasks.append(await submit(request, to: gatherer)) }
        #expect(gatherer.count == 4)
        calls.end(1)
        while calls.batches.count < 3 { await Task.yield() }
        #expect(gatherer.count == 1)
        calls.end(2)
        #expect(try await tasks[1].value == 2)
        // One waits, and three are under way.
        #expect(gatherer.count == 1)
        for request in 7...8 { tasks.append(await submit(request, to: gatherer)) }
        while calls.batches.count < 4 { await Task.yield() }
        calls.go()
        for (index, task) in tasks.enumerated() { #expect(try await task.value == index + 1) }
        #expect(calls.batches == [[1], [2], [3, 4, 5], [6, 7, 8]])
        #expect(try await gatherer.submit(9) { try await calls.answer($0, within: $1) } == 9)
    }

    @Test("a request whose deadline has passed already is not sent")
    func lateAtFirst() async {
        let error = await #expect(throws: BrokerError.self) {
            try await gatherer().submit(1, within: .zero) { try await calls.answer($0, within: $1) }
        }
        #expect(error?.code == .deadlineExceeded)
        #expect(calls.started == 0)
    }

    @Test("the steps of a send share its deadline")
    func sendClock() async {
        #expect(SendClock.rest(of: .seconds(5)) == nil)
        await SendClock.counting(if: true) {
            let first = SendClock.rest(of: .seconds(5)) ?? .zero
            #expect(first <= .seconds(5))
            // A step within is a step of the same send.
            await SendClock.counting(if: true) {
                let second = SendClock.rest(of: .seconds(5)) ?? .zero
                #expect(second <= first)
                #expect(SendClock.rest(of: .zero) == .zero)
            }
        }
        await SendClock.counting(if: false) { #expect(SendClock.rest(of: .seconds(5)) == nil) }
    }
}

/// What a task carries, so that it can be told from others.
private enum Mark {
    @TaskLocal static var text = ""
}

/// The calls to a server that answers once it is let.
private final class Calls: Sendable {
    private struct State {
        var batches: [[Int]] = []
        var rests: [Duration] = []
        var marks: [String] = []
        var isOpen = false
        /// By the first request of each call.
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }
    private let state = Guarded(State())

    var batches: [[Int]] { state.withLock { $0.batches } }
    var rests: [Duration] { state.withLock { $0.rests } }
    var marks: [String] { state.withLock { $0.marks } }

    func note(_ mark: String) { state.withLock { $0.marks.append(mark) } }

    var started: Int { state.withLock { $0.batches.reduce(0) { $0 + $1.count } } }

    func answer(_ requests: [Int], within rest: Duration) async throws -> [Int] {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                state.batches.append(requests)
                state.rests.append(rest)
                if !state.isOpen { state.waiting[requests[0]] = continuation }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
        return requests
    }

    /// Answers the call whose first request this is.
    func end(_ request: Int) { state.withLock { $0.waiting.removeValue(forKey: request) }?.resume() }

    /// Answers all calls, also later ones.
    func go() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for call in waiting.values { call.resume() }
    }
}
