import Celeriac
import CeleriacCore
import CeleriacPostgres
import Foundation
import PostgresUnderTest
import Synchronization
import Testing

extension FaultTests {
    /// The server answers, but does not do it for now.
    @Suite("The server refuses for a while")
    struct RefusalTests {
        /// The ways in which an operator, or a provider whose disk fills up, makes a database read-only.
        enum Way: String, CaseIterable, CustomTestStringConvertible {
            case database = "ALTER DATABASE"
            case role = "ALTER ROLE"
            case system = "ALTER SYSTEM"

            var testDescription: String { rawValue }

            func statements(_ field: FaultField, _ value: String) -> String {
                let setting = "SET default_transaction_read_only = \(value);"
                return switch self {
                case .database: "ALTER DATABASE \(field.database) \(setting)"
                case .role: "ALTER ROLE app \(setting)"
                case .system: "ALTER SYSTEM \(setting) SELECT pg_reload_conf();"
                }
            }
        }

        @Test(
            "a read-only database refuses writes with the code readOnly, and answers questions; later it writes again",
            arguments: Way.allCases)
        func readOnly(way: Way) async throws {
            try await FaultField.run(deadline: .seconds(20)) { field in
                let store = field.store
                try await store.publish([.call("before")])
                try await field.psql(way.statements(field, "on"))
                // Only new sessions learn what is set for a database or a role.
                if way != .system { _ = try await field.cutSessions() }
                var refusal: BrokerError?
                while refusal == nil {
                    do { try await store.publish([.call("during")]) } catch let error as BrokerError { refusal = error }
                }
                #expect(refusal?.code == .readOnly)
                #expect(refusal?.message.contains("read-only; connect to the primary server") == true)
                #expect(try await store.record(of: "before")?.state == .pending)

                try await field.psql(way.statements(field, "off"))
                try await wait {
                    do { try await store.publish([.call("after")]) } catch let error as BrokerError {
                        #expect(error.code == .readOnly)
                        return false
                    }
                    return true
                }
                #expect(try await store.counts(of: .default).ready ?? 0 >= 2)
            }
        }

        @Test("a worker lives through a time in which the database is read-only, with what it holds and what it claims")
        func readOnlyWorker() async throws {
            try await FaultField.run(deadline: .seconds(20)) { field in
                let app = try TaskApp(
                    Backend(field.store), options: AppOptions(discoversTasks: false), logger: .quiet)
                let (isHeld, isReadOnly) = (Flag(), Flag())
                let hold = try app.task("hold") { (number: Int) in
                    isHeld.set()
                    try await isReadOnly.wait()
                    return number
                }
                let held = try await app.send(hold(1))
                let worker = Task { try await Worker(app, options: WorkerOptions(concurrency: 1)).run() }
                defer { worker.cancel() }
                try await isHeld.wait()
                let waiting = try await app.send(hold(2))
                try await field.psql(Way.system.statements(field, "on"))
                try await untilReadOnly(field.store)
                isReadOnly.set()
                let refusals = refusals(field)
                try await wait { self.refusals(field) >= refusals + 5 }
                try await field.psql(Way.system.statements(field, "off"))
                #expect(try await held.get(timeout: .seconds(60)) == 1)
                #expect(try await waiting.get(timeout: .seconds(60)) == 2)
                worker.cancel()
                try await worker.value
            }
        }

        /// How many statements the server has refused so far, according to its log.
        private func refusals(_ field: FaultField) -> Int {
            field.server.log.components(separatedBy: "in a read-only transaction").count - 1
        }

        /// Publishes into another queue until the server has heard of the setting.
        private func untilReadOnly(_ store: PostgresStore) async throws {
            for number in 0... {
                do { try await store.publish([.call(TaskID("probe-\(number)"), to: "probes")]) } catch {
                    if (error as? BrokerError)?.code == .readOnly { return }
                }
            }
        }

        @Test("while somebody has locked a table, calls end at their deadline with an error that may pass")
        func lockedTable() async throws {
            try await FaultField.run(deadline: .seconds(1)) { field in
                let store = field.store
                _ = try await accepted { try await store.publish([.call("before")]) }
                let errors = try await field.withTransaction("LOCK TABLE celeriac.ready IN ACCESS EXCLUSIVE MODE") {
                    var errors: [BrokerError] = []
                    for number in 0..<3 {
                        // It ends while the table is still locked.
                        let error = await #expect(throws: BrokerError.self) {
                            try await store.publish([.call(TaskID("during-\(number)"))])
                        }
                        if let error { errors.append(error) }
                    }
                    return errors
                }
                #expect(errors.count == 3)
                for error in errors { #expect([.busy, .deadlineExceeded].contains(error.code), "\(error)") }
                _ = try await accepted { try await store.publish([.call("after")]) }
                try await wait { try await store.counts(of: .default).ready ?? 0 >= 2 }
            }
        }

        @Test("while the server has no connection left, calls end at their deadline with words that say so")
        func noConnection() async throws {
            // The superuser keeps three of them.
            try await FaultField.run(["max_connections": "10"], deadline: .seconds(1)) { field in
                try await field.withConnections(7) { try await expectNoConnection(field) }
                _ = try await accepted { try await field.store.publish([.call("between")]) }
                // The same for a store that has lost its connections.
                try await wait {
                    _ = try await field.cutSessions()
                    return try await field.number("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'") == 0
                }
                try await field.withConnections(7) { try await expectNoConnection(field) }
                _ = try await accepted { try await field.store.publish([.call("after")]) }
                try await wait { try await field.store.counts(of: .default).ready == 2 }
            }
        }

        private func expectNoConnection(_ field: FaultField) async throws {
            let error = await #expect(throws: BrokerError.self) { try await field.store.publish([.call("during")]) }
            #expect(error?.code == .unreachable)
            #expect(error?.message.contains("no connection left; raise max_connections") == true)
            #expect(error?.isTransient == true)
        }

        @Test("with two connections left of the six that a store opens, 500 callers at once are all served")
        func twoConnections() async throws {
            try await FaultField.run(["max_connections": "103"], deadline: .seconds(30)) { field in
                let store = field.store
                // One of each kind is open before all others are taken.
                try await store.publish([.call("first")])
                try await wait { try await field.number(Self.sessions) == 2 }
                try await field.withConnections(98) {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for number in 0..<500 {
                            group.addTask { try await store.publish([.call(TaskID("\(number)"))]) }
                            group.addTask { _ = try await store.record(of: TaskID("\(number)")) }
                        }
                        try await group.waitForAll()
                    }
                    #expect(try await field.number(Self.sessions) == 2)
                    #expect(try await store.counts(of: .default).ready == 501)
                }
            }
        }

        @Test("a store that has lost its connections finds one for writes and one for reads among the last two")
        func lastConnections() async throws {
            try await FaultField.run(["max_connections": "103"], deadline: .seconds(3)) { field in
                let store = field.store
                try await store.publish([.call("first")])
                try await field.withConnections(98) {
                    _ = try await field.cutSessions()
                    // Many writes at once take both.
                    await withTaskGroup(of: Void.self) { group in
                        for _ in 0..<200 { group.addTask { _ = try? await store.forget("unknown") } }
                    }
                    let state = try await accepted { try await store.record(of: "first")?.state }
                    #expect(state == .pending)
                    _ = try await accepted { try await store.publish([.call("last")]) }
                }
            }
        }

        private static let sessions =
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND application_name = 'celeriac'"
    }
}

/// Set once, by one task, for others.
final class Flag: Sendable {
    private let value = Atomic(false)

    func set() { value.store(true, ordering: .releasing) }

    func wait() async throws {
        while !value.load(ordering: .acquiring) { try await Task.sleep(for: .milliseconds(10)) }
    }
}
