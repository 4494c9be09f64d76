import CeleriacCore
import CeleriacPostgres
import PostgresUnderTest
import TestKit
import Testing

extension FaultTests {
    /// The server stays, and ends sessions: by an operator's order, or by itself because they were idle.
    @Suite("The server ends sessions")
    struct SessionLossTests {
        @Test("sessions ended at random under load, 100 times, lose nothing accepted, and the same store goes on")
        func endedSessions() async throws {
            let times = LongRun.count(1_000, short: 100)
            try await FaultField.run { field in
                let load = Load(field.store)
                try await load.run {
                    var ended = 0
                    while ended < times {
                        try await load.growth(by: 10)
                        ended += try await field.cutSessions(1)
                    }
                    try await load.growth(by: 100)
                }
                print("sessions ended \(times) times: \(load.accepted.count) accepted, errors \(load.errors)")
                #expect(try await load.lost() == [])
            }
        }

        @Test("all sessions ended at once, again and again, lose nothing either")
        func endedTogether() async throws {
            let times = LongRun.count(100, short: 10)
            try await FaultField.run { field in
                let load = Load(field.store)
                try await load.run {
                    for _ in 0..<times {
                        try await load.growth(by: 50)
                        #expect(try await field.cutSessions() > 1)
                    }
                }
                print("all sessions ended \(times) times: \(load.accepted.count) accepted, errors \(load.errors)")
                #expect(try await load.lost() == [])
            }
        }

        @Test("a store whose sessions are always about to end serves all calls")
        func session() async throws {
            try await FaultField.run(deadline: .seconds(30)) { field in
                // PostgreSQL knows the setting from version 14 on.
                guard try await field.number("SHOW server_version_num") >= 140_000 else { return }
                try await field.psql("ALTER ROLE app SET idle_session_timeout = '10ms'")
                let store = field.store
                for number in 0..<60 {
                    let id = TaskID("\(number)")
                    _ = try await accepted { try await store.publish([.call(id)]) }
                    // From half of the time to one and a half times.
                    try await Task.sleep(for: .microseconds(5_000 + 167 * number))
                    #expect(try await accepted { try await store.record(of: id)?.state } == .pending)
                }
                #expect(try await accepted { try await store.counts(of: .default).ready } == 60)
            }
        }

        @Test("a transaction that stood idle for too long is lost as one whose connection broke, and may be repeated")
        func transaction() async throws {
            try await FaultField.run(["idle_in_transaction_session_timeout": "100ms"]) { field in
                let store = field.store
                let error = await #expect(throws: BrokerError.self) {
                    try await store.withTransaction { transaction in
                        try await transaction.query("CREATE TABLE mine ()")
                        try await wait { field.server.log.contains("idle-in-transaction timeout") }
                        try await store.publish([.call("never")], in: transaction)
                    }
                }
                #expect(error?.code == .connectionLost)
                #expect(error?.isTransient == true)
                try await store.withTransaction { transaction in
                    try await transaction.query("CREATE TABLE mine ()")
                    try await store.publish([.call("a")], in: transaction)
                }
                #expect(try await store.record(of: "a")?.state == .pending)
                #expect(try await store.record(of: "never") == nil)
            }
        }
    }
}
