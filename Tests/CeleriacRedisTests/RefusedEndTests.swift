import CeleriacCore
import Celeriac
import CeleriacTesting
import Foundation
import RESPClient
import Synchronization
import Testing

@testable import CeleriacRedis

@Suite("An end that cannot be written", .oneServer, .timeLimit(.minutes(15)))
struct RefusedEndTests {
    private let time = ManualTime()

    /// What keeps one end of three from being written.
    enum Obstacle: CaseIterable {
        case queueIsHash, exchangeIsUnbound, resultIsList, resultOfOtherIsList
    }

    @Test(
        "an end that cannot be written changes nothing, and harms no other of its batch", arguments: Obstacle.allCases)
    func standsAlone(obstacle: Obstacle) async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.raw("HSET", store.keys.list("broken", step: 0), "not", "ours")
        try await store.publish([.sample("a"), .sample("b"), .sample("c")])
        try await store.consume { consumer in
            let all = try await consumer.claim()
            if obstacle == .resultIsList { try await store.raw("LPUSH", store.keys.result("b"), "x") }
            if obstacle == .resultOfOtherIsList { try await store.raw("LPUSH", store.keys.result("never"), "x") }
            var completions = all.map { delivery in
                Completion(
                    receipt: delivery.receipt, settlement: .ack, change: .sampleEnd(delivery.id, at: time.now),
                    continuation: delivery.id == "c" ? [.sample("after-c")] : [])
            }
            switch obstacle {
            case .queueIsHash: completions[1].continuation = [.sample("next"), .sample("after-b", to: "broken")]
            case .exchangeIsUnbound:
                completions[1].continuation = [
                    .sample("next"), .sample("after-b", through: ExchangeRoute(exchange: "nobody's", routingKey: "x")),
                ]
            case .resultIsList: break
            case .resultOfOtherIsList:
                completions[1].continuation = [.sample("next")]
                completions[1].failed = [.sampleEnd("never", .failure, at: time.now)]
            }
            let refusal = await #expect(throws: CompletionRefusal.self) { try await store.complete(completions) }
            #expect(refusal.map { Array($0.reasons.keys) } == [all[1].receipt])
            #expect(refusal?.lost.isEmpty == true)
            let isOfResult = obstacle == .resultIsList || obstacle == .resultOfOtherIsList
            #expect(refusal?.reasons[all[1].receipt]?.part == (isOfResult ? .result : .continuation))
            // It is held still, and can be parked.
            #expect(try await consumer.settle([(all[1].receipt, .deadLetter(reason: "no way on"))]).isEmpty)
        }
        for id in ["a", "c"] as [TaskID] { #expect(try await store.record(of: id)?.state == .success) }
        if obstacle != .resultIsList { #expect(try await store.record(of: "b")?.state == .pending) }
        #expect(try await store.deadLetters(in: nil, after: nil, limit: 10).map(\.reason) == ["no way on"])
        #expect(try await store.drain() == ["after-c"])
        await store.close()
    }

    @Test("a call whose next step has no way to go fails with the reason, its errbacks are called, and it runs once")
    func worker() async throws {
        let store = try Stores.inRealTime(prefix: Stores.prefix())
        let app = try TaskApp(Backend(store), options: AppOptions(discoversTasks: false), logger: .quiet)
        let runs = Counter()
        let add = try app.task("add") { (x: Int, y: Int) in
            runs.count()
            return x + y
        }
        let note = try app.task("note") { (id: String) in
            runs.count()
            return id
        }
        try await store.raw("HSET", store.keys.list("broken", step: 0), "not", "ours")
        let steps = chain(add(1, 2), add.then(after: Int.self, 10).with(CallOptions(queue: "broken"))).linkError(
            note.then(after: String.self))
        let result = try await app.send(steps)
        let first = try #require(result.parent)
        try await Worker(app, options: WorkerOptions(burst: true)).run()
        let failure = await #expect(throws: TaskFailure.self) { try await result.get(timeout: .seconds(30)) }
        #expect(failure?.message.contains("broken") == true)
        #expect(try await first.state == .failure)
        #expect(runs.value == 2)
        #expect(try await store.deadLetters(in: nil, after: nil, limit: 10).map(\.queue) == [.default])
        await store.close()
    }

    @Test("a call whose result cannot be recorded is parked with the reason, and others of its worker go on")
    func unusableResult() async throws {
        let store = try Stores.inRealTime(prefix: Stores.prefix())
        let app = try TaskApp(Backend(store), options: AppOptions(discoversTasks: false), logger: .quiet)
        let echo = try app.task("echo") { (n: Int) in n }
        let bad = try await app.send(echo(1))
        try await store.raw("LPUSH", "celery-task-meta-" + bad.id.rawValue, "x")
        let good = try await app.send(echo(2))
        try await Worker(app, options: WorkerOptions(burst: true)).run()
        #expect(try await good.get(timeout: .seconds(30)) == 2)
        let letter = try #require(try await store.deadLetters(in: nil, after: nil, limit: 10).first)
        #expect(letter.id == bad.id && letter.reason.contains("not a string"))
        await store.close()
    }
}

private final class Counter: Sendable {
    private let number = Atomic(0)
    var value: Int { number.load(ordering: .relaxed) }
    func count() { number.add(1, ordering: .relaxed) }
}
