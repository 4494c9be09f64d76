import Celeriac
import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Testing

/// That stamps reach every call stands in the conformance suite; here is what an app adds.
@Suite("Stamps of the client")
struct StampTests {
    private let store: MemoryStore
    private let app: TaskApp
    private let add: ClosureTask<Int, Int, Int>

    init() throws {
        store = MemoryStore(time: ManualTime())
        app = try makeApp(store: store)
        add = try app.task("add") { (x: Int, y: Int) in x + y }
    }

    private func waiting(in queue: QueueName = .default) async throws -> [Envelope] {
        try await store.messages(in: queue, .ready, after: nil, limit: 99).map(\.envelope)
    }

    @Test("a lone call carries its stamps as Celery writes them, and so do its callbacks")
    func lone() async throws {
        try await app.send(add(1, 2).link(add.then(after: Int.self, 1)).stamped(["tenant": "acme", "batch": 7]))
        let envelope = try #require(try await waiting().first)
        #expect(envelope.headers.extra["stamped_headers"] == ["batch", "tenant"])
        #expect(envelope.headers.extra["stamps"] == ["batch": 7, "tenant": "acme"])
        let body = String(decoding: envelope.body, as: UTF8.self)
        #expect(body.contains(#""stamped_headers":["batch","tenant"]"#), "\(body)")
    }

    @Test("a step alone may be stamped, and a visitor says the stamps of each place")
    func places() async throws {
        try await app.send(
            group(
                chain(add(1, 2), add.then(after: Int.self, 1).stamped(["step": 2])),
                chain(add(3, 4), add.then(after: Int.self, 1))
            )
            .stamped { place, signature, _ in
                guard place == .signature, case .call(_, let arguments) = signature.work else { return [:] }
                return ["args": .string(String(decoding: arguments.args, as: UTF8.self))]
            })
        let heads = try await waiting().map(\.headers.extra)
        #expect(heads.map { $0["stamps"] } == [["args": "[1,2]"], ["args": "[3,4]"]])
        _ = try await drain(app)
    }

    @Test("a stamp of an option's name is refused, nothing being sent")
    func reserved() async throws {
        let stamped = add(1, 2).stamped(["queue": "elsewhere"])
        let error = await #expect(throws: CeleriacError.self) { try await app.send(stamped) }
        #expect(error?.code == .invalidArguments)
        #expect(error?.message.contains(#""queue""#) == true)
        #expect(try await waiting().isEmpty)
    }

    @Test("what a visitor throws, the sending throws")
    func throwing() async throws {
        let stamped = group([add(1, 2)]).stamped { _, _, _ in throw Hiccup() }
        await #expect(throws: Hiccup.self) { try await app.send(stamped) }
        #expect(try await waiting().isEmpty)
    }

    @Test("calls are revoked by their stamp, wherever in a workflow they stand")
    func revoking() async throws {
        let journal = Journal<Int>()
        let note = try app.task("note") { (x: Int) in
            journal.write(x)
            return x
        }
        try await withRemoteWorker(app) { (_: Worker) async throws in
            let control = ["headers": ["tenant": ["acme"]], "terminate": false] as JSONObject
            _ = try await app.ask("revoke_by_stamped_headers", control)
            let step = note.then(after: Int.self)
            let ours = try await app.send(chain(note(1), step).stamped(["tenant": "acme"]))
            let mixed = try await app.send(chain(note(2), step.stamped(["tenant": "acme"])))
            let theirs = try await app.send(chain(note(3), step).stamped(["tenant": "other"]))
            #expect(try await theirs.get() == 3)
            #expect(try await ours.failure().type == "TaskRevokedError")
            #expect(try await mixed.failure().type == "TaskRevokedError")
        }
        #expect(journal.entries.sorted() == [2, 3, 3])
    }
}
