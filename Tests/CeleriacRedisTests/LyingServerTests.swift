import CeleriacCore
import CeleriacTesting
import Foundation
import RESPClient
import Testing

@testable import CeleriacRQ
@testable import CeleriacRedis

@Suite("A server whose answers make no sense", .timeLimit(.minutes(15)))
struct LyingServerTests {
    /// RESP texts that are well formed, and nonsense to whoever asked.
    private static let nonsense = [
        "+OK\r\n", "$-1\r\n", "*0\r\n", ":9223372036854775807\r\n", ":-9223372036854775808\r\n",
        "*1\r\n:9223372036854775807\r\n", "*2\r\n:-9223372036854775808\r\n$1\r\nx\r\n", "*1\r\n:0\r\n",
        "*2\r\n*1\r\n:9223372036854775807\r\n*0\r\n", "*2\r\n*0\r\n*3\r\n:-1\r\n$6\r\nresult\r\n$1\r\nx\r\n",
        "*12\r\n" + String(repeating: ":9223372036854775807\r\n", count: 12),
        "*12\r\n" + String(repeating: "$20\r\n-9223372036854775808\r\n", count: 12),
        "*10\r\n$3\r\n1.0\r\n$1\r\n1\r\n:0\r\n:-1\r\n:0\r\n*1\r\n:-5\r\n*0\r\n*0\r\n*0\r\n$1\r\nx\r\n",
        "*9\r\n$3\r\n1.0\r\n$1\r\n1\r\n:0\r\n:-1\r\n:0\r\n*1\r\n:1000000\r\n*0\r\n*0\r\n*0\r\n",
        "*10\r\n$3\r\n1.0\r\n$1\r\n1\r\n:0\r\n:-1\r\n:0\r\n*1\r\n:1\r\n*3\r\n:7\r\n$1\r\nt\r\n:1\r\n*0\r\n*0\r\n$1\r\nx\r\n",
        "*1\r\n*1\r\n$1\r\nx\r\n",
    ]

    /// Each does something that reads numbers or positions from the server.
    private static let questions: [@Sendable (RedisStore) async throws -> Void] = [
        { store in try await store.consume { _ = try await $0.claim() } },
        { _ = try await $0.counts(of: .default) },
        { _ = try await $0.purge(.default) },
        { try await $0.reap() },
        { _ = try await $0.queues() },
        { _ = try await $0.held(in: .default) },
        { _ = try await $0.messages(in: .default, .ready, after: nil, limit: 5) },
        { _ = try await $0.messages(in: .default, .delayed, after: nil, limit: 5) },
        { _ = try await $0.messages(in: .default, .leased, after: nil, limit: 5) },
        { _ = try await $0.messages(in: .default, .dead, after: nil, limit: 5) },
        { _ = try await $0.message(of: "a") },
        { _ = try await $0.revocations(among: ["a", "b", "c"]) },
        { _ = try await $0.requeue(["a", "b"]) },
        { _ = try await $0.deleteDeadLetters(["a", "b"]) },
        { _ = try await $0.publish([.sample("a"), .sample("b", to: "mail")]) },
        { _ = try await $0.schedule() },
        { _ = try await $0.claimChords(upTo: 3, lease: .seconds(1)) },
        { _ = try await $0.progress(ofChord: "g") },
        { _ = try await $0.workers() },
        { _ = try await $0.record(of: "a") },
        { _ = try await $0.records(of: ["a", "b"]) },
    ]

    private static let questionsToRQ: [@Sendable (RQStore) async throws -> Void] = [
        { store in try await store.consume { _ = try await $0.claim(from: "default") } },
        { _ = try await $0.counts(of: .default) },
        { _ = try await $0.purge(.default) },
        { _ = try await $0.reap() },
        { _ = try await $0.schedule() },
        { _ = try await $0.clean() },
        { _ = try await $0.queues() },
        { _ = try await $0.revocations(among: ["a", "b", "c"]) },
        { _ = try await $0.requeue(["a", "b"]) },
        { _ = try await $0.deleteDeadLetters(["a", "b"]) },
        { _ = try await $0.deadLetters(in: "default", after: nil, limit: 5) },
        { _ = try await $0.messages(in: "default", .ready, after: nil, limit: 5) },
        { _ = try await $0.messages(in: "default", .delayed, after: nil, limit: 5) },
        { _ = try await $0.messages(in: "default", .leased, after: nil, limit: 5) },
        { _ = try await $0.messages(in: "default", .dead, after: nil, limit: 5) },
        { _ = try await $0.publish([.sample("a", to: "default"), .sample("b", to: "default")]) },
        { _ = try await $0.snapshot(of: "a") },
        { _ = try await $0.records(of: ["a", "b"]) },
        { _ = try await $0.revoke(["a", "b"], terminate: false, until: Date()) },
        { _ = try await $0.results(of: "a", limit: 3) },
        { _ = try await $0.workers() },
    ]

    /// Ends at all, by a value or by an error of a type that callers know.
    private func isTyped(_ body: () async throws -> Void) async -> Bool {
        do { try await body() } catch {
            return error is BrokerError || error is CeleriacError || error is CompletionRefusal
        }
        return true
    }

    @Test("an answer that makes no sense is a typed error, not a trap or a loop", arguments: nonsense)
    func kombu(answer: String) async throws {
        try await LyingServer.run {
            $0.first == "HELLO" || $0.first == "SELECT" ? nil : answer
        } _: { server in
            var options = RedisOptions()
            options.checksServer = false
            let store = RedisStore(server.configuration, options: options, logger: .quiet)
            for (place, question) in Self.questions.enumerated() {
                #expect(await isTyped { try await question(store) }, "question \(place)")
            }
            await store.close()
        }
    }

    @Test("an answer that makes no sense on RQ's layout is a typed error, not a trap or a loop", arguments: nonsense)
    func rq(answer: String) async throws {
        try await LyingServer.run {
            $0.first == "HELLO" || $0.first == "SELECT" ? nil : answer
        } _: { server in
            var options = RQOptions()
            options.checksServer = false
            let store = RQStore(server.configuration, options: options, logger: .quiet)
            for (place, question) in Self.questionsToRQ.enumerated() {
                #expect(await isTyped { try await question(store) }, "question \(place)")
            }
            await store.close()
        }
    }

    @Test(
        "a Sentinel that names a port beyond all ports is an error",
        arguments: ["0", "65536", "-1", "9223372036854775807"])
    func sentinelPort(port: String) async throws {
        try await LyingServer.run { words in
            words.first == "SENTINEL" ? "*2\r\n$9\r\n127.0.0.1\r\n$\(port.utf8.count)\r\n\(port)\r\n" : nil
        } _: { server in
            guard case .host(let host, let own) = server.configuration.address else { return }
            var configuration = server.configuration
            configuration.address = .sentinel([.init(host, port: own)], service: "main")
            configuration.deadline = .seconds(2)
            let store = RedisStore(configuration, logger: .quiet)
            await #expect { try await store.counts(of: .default) } throws: {
                ($0 as? BrokerError)?.code == .unreachable
            }
            await store.close()
        }
    }

    @Test("a scan that never ends is an error")
    func endlessScan() async throws {
        try await LyingServer.run { words in
            words.first == "SCAN" || words.first == "HSCAN" ? "*2\r\n$1\r\n7\r\n*0\r\n" : "*0\r\n"
        } _: { server in
            var options = RedisOptions()
            options.checksServer = false
            let store = RedisStore(server.configuration, options: options, logger: .quiet)
            await #expect { try await store.queues() } throws: { ($0 as? BrokerError)?.code == .connectionLost }
            await #expect { try await store.held(in: .default) } throws: {
                ($0 as? BrokerError)?.code == .connectionLost
            }
            await store.close()
        }
    }

    @Test("a scan of ever new cursors ends at its last page")
    func newCursors() throws {
        var scan = Scan("SCAN", mostPages: 10)
        let error = #expect(throws: BrokerError.self) {
            for number in 1...20 {
                _ = try scan.take(.array([.blob(Array("\(number)".utf8)), .array([])]))
            }
        }
        #expect(error?.code == .connectionLost)
    }

    @Test("positions beyond what was asked for, and settlements of nobody, are errors")
    func positions() throws {
        for number in [Int64.min, -1, 0, 3, .max] {
            let answer = RESPValue.array([.integer(number)])
            #expect(throws: BrokerError.self) { try answer.indices(below: 2, of: "X") }
            let lost = RESPValue.array([answer, .array([])])
            #expect(throws: BrokerError.self) { try SettledBatch(lost, order: [0, 1], script: "X") }
        }
        #expect(try RESPValue.array([.integer(2)]).indices(below: 2, of: "X") == [1])
    }
}
