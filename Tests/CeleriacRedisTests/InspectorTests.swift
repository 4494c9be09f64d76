import CeleriacCore
import Foundation
import RESPClient
import Testing

@testable import CeleriacRedis

@Suite("Looking into Redis", .oneServer, .timeLimit(.minutes(15)))
struct InspectorTests {
    @Test("what Celery has sent is listed, found and removed", .enabled(if: Python.isThere))
    func pythonSends() async throws {
        let prefix = Stores.prefix()
        let store = try Stores.inRealTime(prefix: prefix)
        let script = """
            for number in range(3): add.apply_async((number, 1), task_id=f'call {number}')
            add.apply_async((3, 1), task_id='urgent', priority=0, queue='mail')
            """
        _ = try await Python.run(script, prefix: prefix)
        #expect(try await store.queues() == ["celery", "mail"])
        let listed = try await store.messages(in: .default, .ready, after: nil, limit: 10)
        #expect(listed.map(\.id) == ["call 0", "call 1", "call 2"])
        #expect(try await store.position(of: "call 2") == 2)
        #expect(try await store.message(of: "urgent")?.envelope.task == "tasks.add")
        #expect(try await store.remove("call 1"))
        #expect(try await store.counts(of: .default).ready == 2)
        await store.close()
    }

    @Test("a queue of many messages is looked through in steps")
    func manyMessages() async throws {
        let store = try Stores.inRealTime(prefix: Stores.prefix())
        let calls = (0..<1_234).map { number in
            Publication(
                Envelope(headers: MessageHeaders(id: TaskID("\(number)"), task: "tests.sample"), body: []), to: "many")
        }
        try await store.publish(calls)
        #expect(try await store.position(of: "1233") == 1_233)
        #expect(try await store.message(of: "1000")?.status == .ready)
        #expect(try await store.message(of: "1234") == nil)
        #expect(try await store.remove("500"))
        #expect(try await store.position(of: "1233") == 1_232)
        await store.close()
    }

    @Test("what a Python worker holds is listed as leased")
    func heldByPython() async throws {
        let store = try Stores.inRealTime(prefix: Stores.prefix())
        let raw =
            #"{"body": "W10=", "headers": {"id": "a", "task": "tests.add"}, "properties": {"delivery_tag": "t","#
            + #" "delivery_info": {"exchange": "", "routing_key": "mail"}, "body_encoding": "base64"}}"#
        _ = try await store.send(RESPCommand("ZADD", store.keys.unackedIndex, "1700000000.5", "t"))
        _ = try await store.send(RESPCommand("HSET", store.keys.unacked, "t", #"[\#(raw), "", "mail"]"#))
        _ = try await store.send(RESPCommand("HSET", store.keys.unacked, "broken", "[1, 2"))
        #expect(try await store.messages(in: "mail", .leased, after: nil, limit: 9).map(\.id) == ["a"])
        #expect(try await store.messages(in: "other", .leased, after: nil, limit: 9).isEmpty)
        #expect(try await store.message(of: "a")?.status == .leased)
        await store.close()
    }

    @Test("what cannot be read is parked with its bytes, listed, requeued as it is and deleted")
    func malformed() async throws {
        let store = try Stores.inRealTime(prefix: Stores.prefix())
        let raws: [[UInt8]] = [Array("{".utf8), [0xFF, 0x00, 0x0A, 0x22], Array(#"{"body": 7}"#.utf8)]
        for raw in raws { _ = try await store.send(RESPCommand("LPUSH", store.keys.list("mail", step: 0), raw)) }
        func park() async throws {
            _ = try await store.withConsumer(ConsumerTerms(["mail"], lease: .seconds(30))) {
                try await $0.next(upTo: 10, from: ["mail"], wait: false)
            }
        }
        try await park()
        let letters = try await store.deadLetters(in: "mail", after: nil, limit: 10)
        #expect(Set(letters.map(\.envelope.body)) == Set(raws))
        #expect(try await store.requeue(letters.map(\.id)).count == 3)
        #expect(try await store.counts(of: "mail").ready == 3)
        try await park()
        let again = try await store.deadLetters(in: nil, after: nil, limit: 10)
        #expect(Set(again.map(\.envelope.body)) == Set(raws))
        #expect(try await store.message(of: again[0].id)?.status == .dead)
        #expect(try await store.deleteDeadLetters(again.map(\.id)).count == 3)
        #expect(try await store.counts(of: "mail") == QueueCounts())
        await store.close()
    }
}
