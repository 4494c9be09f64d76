@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker
import CeleriacCanvas
import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Foundation
import Logging
import Testing

/// What stores promise of chords stands in the conformance suite; here is what becomes of them when something goes wrong.
@Suite("Chords", .timeLimit(.minutes(15)))
struct ChordTests {
    private let time = ManualTime()
    private let store: MemoryStore
    private let runs = Journal<String>()

    init() { store = MemoryStore(time: time) }

    private struct Tasks {
        let app: TaskApp
        let add: ClosureTask<Int, Int, Int>
        let total: Step<[Int], Int>
    }

    private func makeTasks(_ app: TaskApp) throws -> Tasks {
        let runs = runs
        let add = try app.task("add") { (x: Int, y: Int) in x + y }
        let sum = try app.task("sum") { (numbers: [Int]) in
            runs.write("\(numbers)")
            return numbers.reduce(0, +)
        }
        return Tasks(app: app, add: add, total: sum.then(after: [Int].self))
    }

    private func makeApp(_ backend: Backend) throws -> TaskApp {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return try TaskApp(backend, options: AppOptions(discoversTasks: false), time: time, logger: logger)
    }

    @Test(
        "a chord whose launch failed is found when its claim has lapsed, and launched once",
        arguments: [
            (BrokerOperation.claimChords, Fault.connectionLost), (.launchChord, .connectionLost),
            (.launchChord, .failureAfterwards(BrokerError(.deadlineExceeded, "no answer"))),
        ] as [(BrokerOperation, Fault)])
    func sweeps(operation: BrokerOperation, fault: Fault) async throws {
        let flaky = FlakyBroker(store, time: time)
        let tasks = try makeTasks(makeApp(Backend(flaky)))
        let add = tasks.add
        let result = try await tasks.app.send(chord((1...3).map { add($0, 0) }, then: tasks.total))
        if operation == .claimChords {
            // The first look is the sweeper's, which may come before all parts are there; what follows them fails.
            flaky.inject(fault, into: operation, times: 10)
        } else {
            flaky.inject(fault, into: operation)
        }
        _ = try await drain(tasks.app)
        flaky.heal()
        await time.advance(by: .seconds(30))
        _ = try await drain(tasks.app)
        #expect(try await result.get() == 6)
        #expect(runs.entries == ["[1, 2, 3]"])
    }

    @Test("a worker that runs finds within half a minute what died in other hands")
    func sweepsWhileItRuns() async throws {
        let tasks = try makeTasks(makeApp(Backend(store)))
        let add = tasks.add
        let result = try await tasks.app.send(chord([add(1, 0)], then: tasks.total))
        let id = try #require(result.header?.id.rawValue)
        // As a worker that dies when it has claimed the chord.
        try await dieAfterClaiming(id)
        let (time, app) = (time, tasks.app)
        try await withWorker(app) { _ in
            while try await result.state != .success { await time.advance(by: .seconds(5)) }
            #expect(try await result.get() == 1)
            #expect(ChordLauncher.claim + ChordLauncher.interval <= .seconds(30))
        }
        #expect(runs.entries == ["[1]"])
    }

    /// Ends the only part by hand, and takes the chord that is due.
    private func dieAfterClaiming(_ group: String) async throws {
        try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
            let delivery = try #require(try await consumer.next(upTo: 1, from: [.default], wait: false).first)
            var completion = Completion(receipt: delivery.receipt, settlement: .ack)
            let body = Array(
                #"{"task":"sum","args":[],"kwargs":{},"options":{"task_id":"other"},"subtask_type":null,"immutable":false}"#
                    .utf8)
            completion.chordSteps = [
                .part(
                    ChordReport(
                        groupID: group, index: 0, id: delivery.id, result: .success(Array("1".utf8)), body: body))
            ]
            _ = try await store.complete([completion])
        }
        #expect(try await store.claimChords(upTo: 9, lease: ChordLauncher.claim).map(\.groupID) == [group])
    }

    @Test("where broker and results are two stores, chords run all the same")
    func twoStores() async throws {
        let results = MemoryStore(time: time)
        let tasks = try makeTasks(makeApp(Backend(broker: PlainBroker(store), results: results)))
        let add = tasks.add
        let result = try await tasks.app.send(
            chord((1...3).map { chord([add($0, 0)], then: tasks.total) }, then: tasks.total).then(
                add.then(after: Int.self, 100)))
        _ = try await drain(tasks.app)
        #expect(try await result.get() == 106)
        #expect(runs.entries.count == 4)
    }

    @Test("a body that is too large to be sent fails with that reason")
    func tooLarge() async throws {
        var options = AppOptions(discoversTasks: false)
        options.limits.bodyBytes = 4_000
        let app = try TaskApp(
            Backend(store), options: options, time: time,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let long = try app.task("long") { (x: Int) in String(repeating: "x", count: 1_500) }
        let join = try app.task("join") { (texts: [String]) in texts.count }
        let result = try await app.send(chord([long(1), long(2), long(3)], then: join.then(after: [String].self)))
        _ = try await drain(app)
        let failure = try await result.failure()
        #expect(failure.message.contains("4000"), "\(failure)")
    }

    @Test(
        "without a result backend that counts parts, what holds a chord is refused",
        arguments: [
            CanvasSignature.chord([.call("add")], body: .call("add")),
            .chain([.group([.call("add"), .call("add")]), .call("add")]),
            .group([.chain([.chain([.call("x"), .group([.call("a"), .call("b")])]), .call("c")])]),
            CanvasSignature.call("add").linked(to: .chord([.call("add")], body: .call("add"))),
        ])
    func refused(canvas: CanvasSignature) async throws {
        let app = try makeApp(Backend(broker: PlainBroker(store), results: nil))
        let error = await #expect(throws: CeleriacError.self) { try await app.send(canvas) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("chord") == true, "\(String(describing: error))")
        #expect(try await store.counts(of: .default) == QueueCounts())
    }

    @Test("a part that a worker cannot count is parked, and says so")
    func parked() async throws {
        let sender = try makeTasks(makeApp(Backend(store)))
        _ = try await sender.app.send(chord([sender.add(1, 0)], then: sender.total))
        let worker = try makeTasks(makeApp(Backend(broker: PlainBroker(store), results: nil)))
        _ = try await drain(worker.app)
        let letter = try #require(try await sender.app.deadLetters.first)
        #expect(letter.reason.contains("do not support chords"), "\(letter.reason)")
    }
}
