import AMQPClient
import CeleriacClient
import CeleriacCore
import CeleriacTesting
import Foundation
import Logging
import RabbitMQUnderTest
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "rpc:// with a server", .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"),
    .timeLimit(.minutes(15)))
struct RPCTests {
    private func change(_ id: TaskID, _ state: TaskState = .success, to queue: String) -> StateChange {
        var change = StateChange(id: id, state: state, at: Date())
        change.result = state == .success ? Array("7".utf8) : nil
        change.replyTo = queue
        return change
    }

    @Test("a process has a queue only once it wants results, and none after it has closed")
    func queue() async throws {
        try await VirtualHosts.withStore { store in
            let results = RPCResults(through: store)
            try await results.record([change("a", to: "nobody")])
            #expect(try await results.record(of: "a")?.state == .pending)
            let name = results.queue.name
            #expect(try await store.declarations.state(of: name, on: store.publishing) == nil)

            #expect(try await results.replyQueue() == name)
            #expect(try await results.replyQueue() == name)
            #expect(try await store.declarations.state(of: name, on: store.publishing)?.consumers == 1)
            await results.close()
            #expect(try await store.declarations.state(of: name, on: store.publishing) == nil)
            let error = await #expect(throws: BrokerError.self) { _ = try await results.replyQueue() }
            #expect(error?.code == .closed)
        }
    }

    @Test("a state for a queue that is gone, or that no queue can have, is no error, and is logged for developers")
    func gone() async throws {
        try await VirtualHosts.withStore { store in
            let log = LogLines(from: .debug)
            let loud = RabbitMQStore(store.configuration, logger: log.logger)
            let results = RPCResults(through: loud)
            let tooLong = String(repeating: "q", count: 300)
            try await results.record(["nobody", tooLong, "nobody"].map { change("a", to: $0) })
            try await results.record([change(TaskID(tooLong), to: "nobody")])
            #expect(log.lines.count { $0.hasPrefix("A state reached no caller") } == 4, "\(log.lines)")
            await loud.close()
        }
    }

    @Test("a caller that wants its states in a queue of tasks or of delays gets none, and is named in the log")
    func taskQueue() async throws {
        try await VirtualHosts.withStore { store in
            let log = LogLines(from: .debug)
            let loud = RabbitMQStore(store.configuration, logger: log.logger)
            // Both know the queue, so that it is deleted after the test.
            for sender in [store, loud] { try await sender.publish([.sample("a")]) }
            let results = RPCResults(through: loud)
            try await results.record(["celery", "celery_delayed_27", "amq.gen-x"].map { change("a", to: $0) })
            #expect(try await loud.counts(of: .default).ready == 2)
            #expect(log.lines.count { $0.hasPrefix("A caller wants its states in a queue of tasks") } == 3)
            await loud.close()
        }
    }

    @Test("a state comes back as it went, with all that it has")
    func wholeRecord() async throws {
        var options = RPCOptions()
        options.extendedResults = true
        try await RPCLoop.with(options) { loop in
            for (number, text) in ["größe", "\"quoted\"\\", "a\u{0}b\n", ""].enumerated() {
                let date = Date(timeIntervalSince1970: 1_800_000_000)
                var sent = StateChange(
                    id: TaskID("größe \(number)"), state: TaskState("STATE \(text)"), attempt: 3, at: date)
                sent.failure = TaskFailure(type: text, module: text, message: text, traceback: text)
                (sent.meta, sent.task, sent.queue) = ([0, 0xFF] + Array(text.utf8), TaskName(text), "celery")
                (sent.worker, sent.startedAt, sent.parentID) = (text, date, TaskID(text))
                sent.children = [ResultNode(TaskID(text)), ResultNode("group", members: [ResultNode("a")])]
                try await loop.record([sent])
                #expect(try await loop.record(of: sent.id) == sent.record)
            }
        }
    }

    @Test("states of a call arrive in their order")
    func order() async throws {
        try await RPCLoop.with { loop in
            let queue = try await loop.client.replyQueue()
            let steps = 0..<200
            let reader = Task {
                var (seen, last): ([Int], TaskRecord?) = ([], nil)
                while last?.state != .success {
                    last = try await loop.client.nextRecord(of: "a", after: last)
                    if let step = last?.meta.flatMap({ Int(String(decoding: $0, as: UTF8.self)) }) { seen.append(step) }
                }
                return seen
            }
            for step in steps {
                var progress = change("a", .progress, to: queue)
                progress.meta = Array("\(step)".utf8)
                try await loop.worker.record([progress])
            }
            try await loop.worker.record([change("a", to: queue)])
            let seen = try await reader.value
            #expect(seen == seen.sorted())
        }
    }

    @Test("no result is lost with a connection: those that wait in the queue are read on the next one")
    func lostConnection() async throws {
        try await RPCLoop.with { loop in
            let queue = try await loop.client.replyQueue()
            for round in 0..<10 {
                let ids = (0..<20).map { TaskID("\(round)-\($0)") }
                try await loop.client.queue.line.connection().close()
                for id in ids { try await loop.worker.record([change(id, to: queue)]) }
                for id in ids {
                    let record = try await loop.client.nextRecord(of: id, after: nil)
                    #expect(record?.state == .success)
                }
            }
        }
    }

    @Test("a queue that somebody deletes is made again")
    func deletedQueue() async throws {
        try await RPCLoop.with { loop in
            let queue = try await loop.client.replyQueue()
            let admin = RabbitMQStore(loop.client.queue.line.configuration, logger: .quiet)
            _ = try await admin.publishing.onChannel { try await $0.deleteQueue(queue) }
            try await wait { try await admin.declarations.state(of: queue, on: admin.publishing)?.consumers == 1 }
            try await loop.worker.record([change("a", to: queue)])
            #expect(try await loop.client.nextRecord(of: "a", after: nil)?.state == .success)
            await admin.close()
        }
    }

    @Test("garbage in the queue is passed over with one warning, and what follows is read")
    func garbage() async throws {
        try await VirtualHosts.withStore { store in
            let log = LogLines()
            let client = RabbitMQStore(store.configuration, logger: log.logger)
            var options = RPCOptions()
            options.largestResult = 1_000
            let results = RPCResults(through: client, options: options)
            let queue = try await results.replyQueue()
            let success = #"{"status":"SUCCESS","result":1}"#
            let bodies = [
                "", "{", "[1,2]", #"{"status":5}"#,
                #"{"status":"SUCCESS","result":"\#(String(repeating: "x", count: 2_000))"}"#,
                String(repeating: "[", count: 5_000), String(repeating: "x", count: 1 << 21),
            ]
            let messages =
                bodies.map { AMQPMessage(routingKey: queue, properties: .reply(to: "bad"), body: Array($0.utf8)) } + [
                    AMQPMessage(routingKey: queue, properties: AMQPProperties(), body: Array(success.utf8)),
                    AMQPMessage(routingKey: queue, properties: .reply(to: ""), body: Array(success.utf8)),
                    AMQPMessage(routingKey: queue, properties: .reply(to: "nobody asked"), body: Array(success.utf8)),
                    AMQPMessage(routingKey: queue, properties: .reply(to: "good"), body: Array(success.utf8)),
                ]
            for outcome in try await store.publishing.openChannel().publish(messages) { try outcome.get() }
            #expect(try await results.nextRecord(of: "good", after: nil)?.state == .success)
            #expect(try await results.record(of: "bad")?.state == .pending)
            #expect(results.inbox.held.count == 2)
            #expect(log.lines.count { $0.hasPrefix("A reply was passed over") } == 1, "\(log.lines)")
            await client.close()
        }
    }

    @Test("results that nobody reads are bounded, with one warning, and those that somebody waits for are kept")
    func bounds() async throws {
        try await VirtualHosts.withStore { store in
            let log = LogLines()
            let client = RabbitMQStore(store.configuration, logger: log.logger)
            var options = RPCOptions()
            options.mostResults = 50
            let loop = RPCLoop(
                worker: RPCResults(through: store), client: RPCResults(through: client, options: options))
            async let awaited = loop.client.nextRecord(of: "0", after: nil)
            for part in 0..<10 {
                try await loop.record((0..<100).map { change(TaskID("\(part * 100 + $0)"), to: "") })
            }
            #expect(try await awaited?.state == .success)
            #expect(loop.client.inbox.held.count == 50)
            #expect(try await loop.record(of: "999")?.state == .success)
            #expect(log.lines.count { $0.contains("were forgotten") } == 1, "\(log.lines)")
            await client.close()
        }
    }

    @Test("results in MessagePack are written and read")
    func format() async throws {
        try await RPCLoop.with { loop in
            for side in [loop.worker, loop.client] { side.writeResults(in: .messagePack, accepting: [.json]) }
            try await loop.record([change("a", to: "")])
            #expect(try await loop.record(of: "a")?.result == Array("7".utf8))
        }
    }

    @Test("an app that is dropped gives its connection back")
    func dropped() async throws {
        try await VirtualHosts.withStore { store in
            var results: RPCResults? = RPCResults(through: store)
            let queue = try #require(try await results?.replyQueue())
            results = nil
            try await wait { try await store.declarations.state(of: queue, on: store.publishing)?.consumers == 0 }
            _ = try await store.publishing.onChannel { try await $0.deleteQueue(queue) }
        }
    }
}

extension AMQPProperties {
    fileprivate static func reply(to id: String) -> AMQPProperties {
        AMQPProperties(contentType: "application/json", correlationID: id)
    }
}
