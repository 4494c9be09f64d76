import Celeriac
import CeleriacCore
import CeleriacPostgres
import PostgresUnderTest
import TestKit
import Testing

extension FaultTests {
    /// The server goes, and comes back.
    @Suite("The server is lost")
    struct ServerLossTests {
        enum End: String, CaseIterable, CustomTestStringConvertible {
            case kill = "SIGKILL"
            case immediate = "an immediate shutdown"
            case fast = "a fast shutdown"

            var testDescription: String { rawValue }

            func carryOut(_ server: PostgresServer) async throws {
                switch self {
                case .kill: try await server.kill()
                case .immediate: try await server.stopImmediately()
                case .fast: try await server.stop()
                }
            }
        }

        @Test(
            "a server that ends under load and starts again loses nothing that it accepted; the same store goes on",
            arguments: End.allCases)
        func ended(by end: End) async throws {
            let times = LongRun.count(20, short: 2)
            try await FaultField.run(deadline: .seconds(1)) { field in
                let load = Load(field.store)
                try await load.run {
                    for _ in 0..<times {
                        try await load.growth(by: 100)
                        try await end.carryOut(field.server)
                        try await load.trouble()
                        try await field.server.start()
                    }
                    try await load.growth(by: 100)
                }
                print("\(end.rawValue), \(times) times: \(load.accepted.count) accepted, errors \(load.errors)")
                #expect(try await load.lost() == [])
            }
        }

        @Test("while the server is frozen, every call ends at its deadline with an error that says so")
        func frozen() async throws {
            try await FaultField.run(deadline: .seconds(1)) { field in
                let store = field.store
                _ = try await accepted { try await store.publish([.call("before")]) }
                try await field.server.freeze()
                // Each call ends while the server is still frozen, so it is the store that ends it.
                let error = await #expect(throws: BrokerError.self) { try await store.publish([.call("during")]) }
                #expect(error?.code == .deadlineExceeded)
                #expect(error?.message.contains("did not answer in time") == true)
                for call in Self.calls(of: store) {
                    let error = await #expect(throws: BrokerError.self) { try await call() }
                    #expect([.deadlineExceeded, .unreachable].contains(error?.code), "\(error as Any)")
                    #expect(error?.isTransient == true)
                }
                field.server.thaw()
                _ = try await accepted { try await store.publish([.call("after")]) }
                try await expectAllEnded(field, ["before", "after"])
            }
        }

        @Test("a worker that is told to end while the server is away ends, and what it ran is run by another one later")
        func exit() async throws {
            try await FaultField.run(deadline: .seconds(1)) { field in
                let app = try TaskApp(
                    Backend(field.store), options: AppOptions(discoversTasks: false), logger: .quiet)
                let (started, mayEnd) = (Flag(), Flag())
                let hold = try app.task("hold") { (number: Int) in
                    started.set()
                    try await mayEnd.wait()
                    return number
                }
                let held = try await app.send(hold(1))
                let options = WorkerOptions(concurrency: 1, lease: .seconds(2))
                let worker = Task { try await Worker(app, options: options).run() }
                try await started.wait()
                try await field.server.kill()
                worker.cancel()
                // It may say that it could not give back what it held; it must not stay.
                _ = await worker.result
                mayEnd.set()
                try await field.server.start()
                let next = Task { try await Worker(app, options: options).run() }
                defer { next.cancel() }
                #expect(try await accepted { try await held.get(timeout: .seconds(60)) } == 1)
            }
        }

        private typealias Call = @Sendable () async throws -> Void

        private static func calls(of store: PostgresStore) -> [Call] {
            let completion = Completion(receipt: Receipt(message: 1, token: 1, queue: .default), settlement: .ack)
            return [
                { _ = try await store.record(of: "before") },
                { _ = try await store.counts(of: .default) },
                { _ = try await store.complete([completion]) },
                { try await store.record([StateChange(id: "before", state: .started, at: SystemTime().now)]) },
            ]
        }

        /// Claims and ends messages until these are among them.
        private func expectAllEnded(_ field: FaultField, _ ids: Set<TaskID>) async throws {
            var missing = ids
            try await field.store.withConsumer(ConsumerTerms([.default], lease: .seconds(2))) { consumer in
                while !missing.isEmpty {
                    let deliveries = try await accepted {
                        try await consumer.next(upTo: 10, from: [.default], wait: true)
                    }
                    _ = try await accepted { try await field.store.complete(deliveries.map { .success($0) }) }
                    missing.subtract(deliveries.map(\.id))
                }
            }
        }
    }
}
