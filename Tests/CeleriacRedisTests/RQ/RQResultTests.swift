import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import Foundation
import RESPClient
import Testing

@testable import CeleriacRQ

@Suite("States and results are read from what RQ writes", .oneServer, .timeLimit(.minutes(15)))
struct RQResultTests {
    private let time = ManualTime()

    @Test(
        "each status of RQ's is a state",
        arguments: [
            ("created", TaskState.pending), ("queued", .pending), ("scheduled", .pending), ("deferred", .pending),
            ("rate_limited", .pending), ("ready_to_enqueue", .pending), ("started", .started), ("finished", .success),
            ("failed", .failure), ("stopped", .revoked), ("canceled", .revoked),
        ])
    func states(status: String, state: TaskState) async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish([.sample("a", to: "default")])
        try await store.raw("HSET", store.keys.job("a"), "status", status)
        let record = try #require(try await store.record(of: "a"))
        #expect(record.state == state)
        #expect(record.task == "tests.sample")
        #expect(record.queue == "default")
    }

    @Test(
        "a recorded job of Python's worker is read whole",
        arguments: ["job-success", "job-echo", "job-none", "job-unserializable"])
    func recorded(name: String) async throws {
        let recording = try RQRecording(name)
        let store = try RQStores.inVirtualTime(time)
        let id = TaskID(try #require(recording.document["job"]?.membersByName?.keys.first))
        try await put(recording, id, in: store)
        let record = try #require(try await store.record(of: id))
        #expect(record.state == .success)
        #expect(record.worker == "w1")
        let text = recording.document["results"]?[0]?["return_value_decoded"]?.stringValue ?? "null"
        #expect(try JSONValue(parsing: record.result ?? []) == JSONValue(parsing: text))
        let ended = try #require(try recording.job(id)["ended_at"])
        #expect(record.at == RQTime.parse(String(decoding: ended, as: UTF8.self)))
    }

    @Test(
        "a recorded failure is a type, words and a traceback",
        arguments: ["job-failure", "job-timeout", "job-horse-killed"])
    func recordedFailure(name: String) async throws {
        let recording = try RQRecording(name)
        let store = try RQStores.inVirtualTime(time)
        let id = TaskID(try #require(recording.document["job"]?.membersByName?.keys.first))
        try await put(recording, id, in: store)
        let record = try #require(try await store.record(of: id))
        #expect(record.state == .failure)
        let failure = try #require(record.failure)
        switch name {
        case "job-failure":
            #expect((failure.type, failure.module, failure.message) == ("ValueError", nil, "boom"))
            #expect(failure.traceback?.hasPrefix("Traceback (most recent call last):") == true)
        case "job-timeout":
            #expect((failure.type, failure.module) == ("JobTimeoutException", "rq.timeouts"))
            #expect(failure.message == "Task exceeded maximum timeout value (1 seconds)")
        default: #expect(failure.message.hasPrefix("Work-horse terminated unexpectedly"))
        }
    }

    @Test("how far a task is stands in RQ's metadata, where Python reads it")
    func progress() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish([.sample("a", to: "default")])
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            var change = StateChange(id: "a", state: .progress, at: time.now)
            change.meta = Array(#"{"done":3}"#.utf8)
            try await store.record([change])
            #expect(try await store.raw("HGET", store.keys.job("a"), "meta").text == #"{"done": 3}"#)
            #expect(try await store.status(of: "a") == "started")
            let record = try #require(try await store.record(of: "a"))
            #expect(record.state == .progress)
            #expect(record.meta == change.meta)
            let done = StateChange.ended("a", .success, result: "1", at: time.now)
            _ = try await store.complete([Completion(receipt: delivery.receipt, settlement: .ack, change: done)])
        }
        #expect(try await store.record(of: "a")?.state == .success)
        #expect(try await store.raw("HEXISTS", store.keys.job("a"), "celeriac_record").integer == 0)
    }

    @Test("what a running job says of itself lets it be kept, however long it runs")
    func keptWhileRunning() async throws {
        let store = try RQStores.inRealTime()
        try await store.publish([.sample("a", to: "default")])
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            let now = store.time.now
            try await store.record([StateChange(id: "a", state: .progress, at: now, expires: now.adding(.seconds(500)))]
            )
            #expect(try await store.raw("TTL", store.keys.job("a")).integer == -1)
            let done = StateChange.ended("a", .success, result: "1", at: now, expires: now.adding(.seconds(500)))
            _ = try await store.complete([Completion(receipt: delivery.receipt, settlement: .ack, change: done)])
            let ttl = try await store.raw("TTL", store.keys.job("a")).integer ?? 0
            #expect((490...500).contains(ttl))
        }
        await store.close()
    }

    @Test("the retries of our own policy are counted, and the next attempt knows of it")
    func ownRetries() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.enqueue([RQEnqueueing(try RQEnqueueLayoutTests.job("a"), to: "default")])
        try await store.consume { consumer in
            for attempt in 1...3 {
                let delivery = try await consumer.claimOne(from: "default")
                #expect(delivery.envelope.attempt == attempt)
                #expect(delivery.deliveryCount == 1)
                let next = delivery.envelope.with { $0.retries += 1 }
                var change = StateChange.ended("a", .retry, at: time.now)
                change.attempt = attempt
                let due = time.now.adding(.seconds(10))
                let completion = Completion(
                    receipt: delivery.receipt, settlement: .retry(next, notBefore: due), change: change)
                #expect(try await store.complete([completion]).isEmpty)
                #expect(try await store.status(of: "a") == "scheduled")
                #expect(try await store.record(of: "a")?.state == .retry)
                await time.advance(by: .seconds(10))
            }
        }
    }

    @Test("a result whose time is over is gone, in Redis's own time")
    func expiry() async throws {
        let store = try RQStores.inRealTime()
        try await store.publish([.sample("a", to: "default")])
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            let now = store.time.now
            let change = StateChange.ended("a", .success, result: "1", at: now, expires: now.adding(.seconds(1)))
            _ = try await store.complete([Completion(receipt: delivery.receipt, settlement: .ack, change: change)])
        }
        var seen = try await store.record(of: "a")
        while seen != nil { seen = try await store.nextRecord(of: "a", after: seen) }
        #expect(try await store.raw("EXISTS", store.keys.job("a"), store.keys.results(of: "a")).integer == 0)
        await store.close()
    }

    @Test("many wait for many results on one connection, and each is woken by its own")
    func manyWait() async throws {
        let store = try RQStores.inRealTime()
        let ids = (0..<20).map { TaskID("job-\($0)") }
        try await store.publish(ids.map { .sample($0, to: "default") })
        let pending = try await store.record(of: ids[0])
        #expect(pending?.state == .pending)
        let ends = try await withThrowingTaskGroup(of: (TaskID, [UInt8]?).self) { group in
            for id in ids {
                group.addTask {
                    var seen = try await store.record(of: id)
                    while seen?.state.isTerminal != true { seen = try await store.nextRecord(of: id, after: seen) }
                    return (id, seen?.result)
                }
            }
            // As Python's worker ends jobs: nobody is told but by the stream.
            for (number, id) in ids.enumerated() {
                let value = Base64Text.of(try store.options.serializer.serialized(Array("\(number)".utf8)))
                _ = try await store.client.transaction([
                    RESPCommand("HSET", store.keys.job(id), "status", "finished"),
                    RESPCommand("XADD", store.keys.results(of: id), "*", "type", "1", "return_value", value),
                ])
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (number, id) in ids.enumerated() { #expect(ends[id] == Array("\(number)".utf8)) }
        await store.close()
    }

    @Test("a forgotten job is deleted with all that is its own")
    func forgotten() async throws {
        let recording = try RQRecording("job-delete")
        let store = try RQStores.inVirtualTime(time)
        try await store.publish([.sample("d1", to: "default")])
        #expect(try await store.remove("d1"))
        for key in try #require(recording.document["keys"]?.membersByName).keys {
            #expect(try await store.value(key) == recording.key(key))
        }
        #expect(try await store.keyNames() == ["rq:queues"])
    }

    /// Writes what the recording holds of a job and its results.
    private func put(_ recording: RQRecording, _ id: TaskID, in store: RQStore) async throws {
        var hash = RESPCommand("HSET", store.keys.job(id))
        for (name, value) in try recording.job(id) {
            hash.append(name)
            hash.append(value)
        }
        _ = try await store.client.send(hash)
        var entry = RESPCommand("XADD", store.keys.results(of: id), "*")
        for (name, value) in try recording.lastResult() { entry.append(contentsOf: [name, value]) }
        _ = try await store.client.send(entry)
    }
}

enum Base64Text {
    static func of(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
