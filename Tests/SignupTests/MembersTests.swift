import Celeriac
import PostgresUnderTest
import Testing

@Suite("the sign-up example on PostgreSQL")
struct MembersTests {
    @Test("the row of a member and the mail task are committed together", .timeLimit(.minutes(15)))
    func together() async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { database in
            try await withSignup(broker: server.url(database)) { signup in
                let migrated = try await signup.run("migrate")
                #expect(migrated.output.contains("from version 0"))
                _ = try await signup.serve()
                let answer = try await signup.post("signup", #"{"email": "ada@example.com", "name": "Ada"}"#)
                #expect(answer.status == 202)
                let last = try await signup.views(of: #require(answer.location)).last
                #expect(last?["state"] == "SUCCESS")
                let again = try await signup.post("signup", #"{"email": "ada@example.com"}"#)
                #expect(again.status == 409)
                let mails = try signup.sink.arrived
                #expect(mails.count == 1)
                let rows = try await server.psql(
                    "SELECT (SELECT count(*) FROM member), (SELECT count(*) FROM celeriac.call)", database: database)
                #expect(rows.hasPrefix("1|1"))
            }
        }
    }

    @Test("without tables it does not start, and says what to run", .timeLimit(.minutes(15)))
    func migrates() async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { database in
            try await withSignup(broker: server.url(database)) { signup in
                let served = try await signup.run("serve")
                #expect(served.exit != 0)
                #expect(served.errors.contains("celeriac migrate"))
            }
        }
    }
}
