import AMQPClient
import CeleriacCore
import CeleriacTesting
import Foundation
import RabbitMQUnderTest
import TestKit
import Testing

@testable import CeleriacRabbitMQ

/// The permissions that Examples/Deployment/rabbitmq-users sets.
@Suite(
    "Permissions of users of RabbitMQ", .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"),
    .timeLimit(.minutes(15))
)
struct PermissionTests {
    /// What the script tells `rabbitmqctl`, one call a line, the words with tabs between them.
    private func calls(host: String) async throws -> [[String]] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "celeriac-users-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (control, calls) = (folder.appending(path: "rabbitmqctl"), folder.appending(path: "calls"))
        try "#!/bin/bash\n{ IFS=$'\\t'; printf '%s\\n' \"$*\"; } >>\(calls.path)\n"
            .write(to: control, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: control.path)
        let process = Process()
        process.executableURL = Self.script
        process.arguments = [host, "mail.now", "reports"]
        process.environment = ProcessInfo.processInfo.environment.merging([
            "RABBITMQCTL": control.path, "WORKER_PASSWORD": "one", "CLIENT_PASSWORD": "two",
        ]) { $1 }
        let status = await withCheckedContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.begin() } catch { continuation.resume(returning: -1) }
        }
        #expect(status == 0)
        return try String(contentsOf: calls, encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: "\t").map(String.init) }
    }

    private static let script = (0..<3).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        .appending(path: "Examples/Deployment/rabbitmq-users")

    /// Stores of the two users, on a virtual host that the script has set up.
    private func withUsers(
        _ body: (_ worker: RabbitMQStore, _ client: RabbitMQStore) async throws -> Void
    ) async throws {
        let server = try await RabbitMQServer.shared()
        let host = try await server.makeVirtualHost()
        for call in try await calls(host: host) {
            switch call[0] {
            case "add_vhost": #expect(call == ["add_vhost", host])
            case "add_user": try await server.control("add_user", "\(call[1])-\(host)", "secret")
            default:
                #expect(call[0] == "set_permissions" && call.count == 7)
                try await server.control(
                    "set_permissions", "-p", host, "\(call[3])-\(host)", call[4], call[5], call[6])
            }
        }
        func store(_ user: String) -> RabbitMQStore {
            var configuration = VirtualHosts.configuration(server, host)
            (configuration.user, configuration.password) = ("\(user)-\(host)", "secret")
            return RabbitMQStore(configuration, logger: .quiet)
        }
        let (worker, client) = (store("worker"), store("client"))
        let result: Result<Void, any Error>
        do { result = .success(try await body(worker, client)) } catch { result = .failure(error) }
        await worker.close()
        await client.close()
        try result.get()
    }

    @Test("a client sends at once and later, and a worker does its work, under the permissions of the example")
    func suffice() async throws {
        try await withUsers { worker, client in
            try await worker.declare(Topology([.broadcast("reports")]))
            try await client.publish([
                .sample("now", to: "mail.now"),
                .sample("late", to: "mail.now", notBefore: Date.now.addingTimeInterval(0.5)),
            ])
            try await worker.consume("mail.now", "reports") { consumer in
                try await expectSettled(by: consumer)
                _ = try await consumer.next(upTo: 1, from: ["reports"], wait: false)
                try await client.publish([.sample("all", route: .broadcast("reports"))])
                #expect(try await consumer.claim("reports").id == "all")
            }
            #expect(try await worker.counts(of: "mail.now").dead == 1)
            try await worker.withNode("node@host") { _, heard in
                #expect(try await worker.ping("node@host") == [["ok": "pong"]])
                _ = await heard.next()
                try await client.broadcast(ControlCommand("revoke", ["task_id": "x"]))
                #expect(await heard.next()?.name == "revoke")
            }
        }
    }

    @Test("a client gets its results through the server under these permissions")
    func results() async throws {
        try await withUsers { worker, client in
            let (sending, reading) = (RPCResults(through: worker), RPCResults(through: client))
            var change = StateChange(id: "a", state: .success, at: Date())
            change.replyTo = try await reading.replyQueue()
            try await sending.record([change])
            #expect(try await reading.nextRecord(of: "a", after: nil)?.state == .success)
            await reading.close()
        }
    }

    /// Claims both calls, retries the first, and then parks it.
    private func expectSettled(by consumer: any Consumer) async throws {
        let first = try await consumer.claim("mail.now")
        #expect(first.id == "now")
        let retry = first.envelope.with { $0.retries = 1 }
        #expect(try await consumer.settle(first, .retry(retry, notBefore: Date.now.addingTimeInterval(0.5))) == [])
        var ids: Set<TaskID> = []
        while ids.count < 2 {
            let next = try await consumer.claim("mail.now")
            ids.insert(next.id)
            let settlement: Settlement = next.id == "now" ? .deadLetter(reason: "a test") : .ack
            #expect(try await consumer.settle(next, settlement) == [])
        }
        #expect(ids == ["now", "late"])
    }

    @Test("other queues are refused to both, and events to the client")
    func limit() async throws {
        try await withUsers { worker, client in
            for store in [worker, client] {
                // The dot in the name of the queue is no wildcard.
                for queue in ["other", "mailXnow"] as [QueueName] {
                    let error = await #expect(throws: BrokerError.self) {
                        try await store.publish([.sample("a", to: queue)])
                    }
                    #expect(error?.code == .refused)
                }
            }
            await #expect(throws: BrokerError.self) {
                try await client.receiveEvents(isListening: {}) { _ in Issue.record("an event reached the client") }
            }
        }
    }
}
