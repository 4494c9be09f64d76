import Foundation
@testable import PostgresClient
import Testing

/// The parts that need no server.
@Suite("parts")
struct PartsTests {
    @Test(
        "TLS is required of remote hosts, and only used if offered on this machine",
        arguments: [
            ("db.example.com", "verify-full"), ("10.0.0.1", "verify-full"), ("127.evil.example", "verify-full"),
            ("localhost,db.example.com", "verify-full"), ("localhost", "prefer"), ("127.0.0.1", "prefer"),
            ("127.255.0.9", "prefer"), ("::1", "prefer"), ("/run/postgresql", "prefer"), ("", "prefer"),
        ])
    func defaultTLS(host: String, mode: String) throws {
        let parameters = try ConnectParameters(PostgresConfiguration(), .init(host))
        #expect(parameters.values["sslmode"] == mode)
    }

    @Test("a mode that is asked for is used", arguments: PostgresConfiguration.TLSMode.allCases)
    func givenTLS(mode: PostgresConfiguration.TLSMode) throws {
        for host in ["db.example.com", "localhost"] {
            let parameters = try ConnectParameters(PostgresConfiguration(tls: mode), .init(host))
            #expect(parameters.values["sslmode"] == mode.rawValue)
        }
    }

    @Test("of several hosts one that takes writes is chosen, unless it need not")
    func writable() throws {
        var configuration = PostgresConfiguration(hosts: [.init("a"), .init("b")])
        #expect(try ConnectParameters(configuration, .init("a")).values["target_session_attrs"] == "read-write")
        configuration.mustBeWritable = false
        #expect(try ConnectParameters(configuration, .init("a")).values["target_session_attrs"] == nil)
    }

    @Test(
        "a message of a data exception loses the value that it quotes, others keep their names",
        arguments: [
            (
                "22P02", "invalid input syntax for type integer: \"se\"cret\"",
                "invalid input syntax for type integer: \"…\""
            ),
            (
                "22003", "value \"99999\" is out of range for type smallint",
                "value \"…\" is out of range for type smallint"
            ),
            (
                "22021", "invalid byte sequence for encoding \"UTF8\": 0xc3 0x28",
                "invalid byte sequence for encoding \"…\""
            ),
            ("42P01", "relation \"gone\" does not exist", "relation \"gone\" does not exist"),
        ])
    func messages(sqlState: String, message: String, expected: String) {
        #expect(ErrorText.message(message, sqlState: sqlState) == expected)
    }

    @Test(
        "the code of a refused login is found in its text",
        arguments: [
            (
                "connection to server at \"::1\", port 5432 failed: FATAL:  28P01: password authentication failed",
                "28P01"
            ),
            (
                "connection to server at \"h\", port 5432 failed: FATAL:  3D000: database \"a: b\" does not exist",
                "3D000"
            ),
            ("connection to server at \"h\", port 5432 failed: Connection refused", nil),
        ])
    func loginStates(text: String, sqlState: String?) {
        #expect(ErrorText.sqlState(in: text) == sqlState)
    }

    @Test("a message is cut at 500 characters, and a description names kind, code and statement")
    func errors() {
        let error = PostgresError(
            .server, String(repeating: "é", count: 900), sqlState: "23505", statement: "put", mayHaveBeenDone: true)
        #expect(error.message.count == 500)
        #expect(error.description.hasPrefix("server 23505 in \"put\": éé"))
        #expect(error.description.hasSuffix("(it may have been done)"))
    }

    @Test("values do not show what they contain")
    func descriptions() {
        let call = PostgresCall("select $1", [.text("secret"), .texts(["secret"]), .int(424_242)])
        var dumped = ""
        dump(call, to: &dumped)
        for text in ["\(call)", String(reflecting: call), dumped] {
            #expect(!text.contains("secret") && !text.contains("424242"))
        }
    }

    @Test("each pause doubles, varies by a quarter, and is no longer than the longest")
    func backoff() {
        var backoff = Backoff.brisk
        for exponent in 0..<20 {
            let pause = min(Duration.milliseconds(20) * (1 << min(exponent, 10)), .milliseconds(500))
            let next = backoff.next()
            #expect(next >= pause * 0.75 && next <= .milliseconds(500) && next <= pause * 1.25)
        }
    }

    @Test("urgent calls go first, each kind in order; one that is put back is the next of its kind")
    func waiting() async {
        var waiting = WaitingCalls()
        for (deadline, isUrgent) in [(60, false), (61, false), (62, true), (63, true)] {
            waiting.append(await pendingCall(within: .seconds(deadline), isUrgent: isUrgent))
        }
        let first = waiting.removeFirst()
        let second = waiting.removeFirst()
        #expect([first, second].map { $0?.deadline } == [.seconds(62), .seconds(63)])
        if let second { waiting.putBack(second) }
        #expect(waiting.removeFirst()?.deadline == .seconds(63))
        #expect(waiting.removeLate(at: .now).isEmpty)
        #expect(waiting.removeLate(at: .now + .seconds(60.5)).map(\.deadline) == [.seconds(60)])
        #expect(waiting.removeAll().map(\.deadline) == [.seconds(61)])
        #expect(waiting.isEmpty)
    }

    /// A call that is answered already, as the order is all that matters.
    private func pendingCall(within deadline: Duration, isUrgent: Bool) async -> PendingCall {
        let (calls, continuation) = AsyncStream.makeStream(of: PendingCall.self)
        _ = await withCheckedContinuation { caller in
            let call = PendingCall(.greet, within: deadline, isUrgent: isUrgent, answering: caller)
            continuation.yield(call)
            call.answer(.success([]))
        }
        continuation.finish()
        for await call in calls { return call }
        preconditionFailure("one was yielded")
    }
}
