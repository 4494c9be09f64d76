import Celeriac
import CeleriacCore
import Foundation
import Testing

extension Interop {
    /// Celery's `Broadcast` queues, in both directions and over both kinds of workers. Celery binds one that it finds in
    /// `task_queues` with the key of the default queue: `celery`.
    @Suite(
        "Broadcasts reach every worker",
        .fleet { plan in
            plan.swiftWorkers = [
                { try SwiftWorker("loud1", redis: $0, queues: ["celery", "everyone"], scratch: $1) },
                { try SwiftWorker("loud2", redis: $0, queues: ["celery", "everyone"], scratch: $1) },
            ]
            plan.pythonWorkers = [
                { try PythonWorker("loud3", redis: $0, queues: ["python"], broadcast: "everyone", scratch: $1) }
            ]
        }
    )
    struct Broadcasts: Live {}
}

extension Interop.Broadcasts {
    /// Only Swift workers know `swift.note`, only Python's know `py.note`: each says in its own file that it was reached.
    @Test("a broadcast of Python reaches each Swift worker once", .timeLimit(.minutes(15)))
    func ofPython() async throws {
        try await python(
            """
            from kombu import Exchange
            everyone = Exchange('everyone', type='fanout')
            swift.note.apply_async((scratch('of-python'), 'heard'), exchange='everyone', exchange_type='fanout',
                                   routing_key='celery', declare=[everyone])
            """)
        try await waitUntil { scratch.lines("of-python") == ["heard", "heard"] }
        #expect(try await python("call(swift.add, 1, 2)") == 3)
        #expect(scratch.lines("of-python").count == 2)
    }

    @Test("a broadcast of Swift reaches each Swift worker once", .timeLimit(.minutes(15)))
    func ofSwift() async throws {
        try await broadcast("swift.note", to: "of-swift")
        try await waitUntil { scratch.lines("of-swift") == ["heard", "heard"] }
    }

    @Test("a broadcast of Swift reaches a Python worker", .timeLimit(.minutes(15)))
    func toPython() async throws {
        try await broadcast("py.note", to: "to-python")
        try await waitUntil { scratch.lines("to-python") == ["heard"] }
    }

    private func broadcast(_ task: TaskName, to file: String) async throws {
        let broker = try #require(app.broker as? any ExchangeBroker)
        try await broker.declare(Topology([Exchange("everyone", .fanout, bindings: [])]))
        try await app.send(
            task, args: [.string(scratch.path(file)), "heard"],
            options: CallOptions(route: .broadcast("everyone"), ignoreResult: true))
    }
}
