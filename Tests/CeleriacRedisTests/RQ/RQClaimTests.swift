import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import Foundation
import RESPClient
import Testing

@testable import CeleriacRQ

@Suite("Jobs are claimed, held and fenced", .oneServer, .timeLimit(.minutes(15)))
struct RQClaimTests {
    private let time = ManualTime()

    @Test("many jobs are claimed at once, from several queues in strict order")
    func many() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish((0..<3).map { .sample(TaskID("low-\($0)"), to: "low") })
        try await store.publish((0..<3).map { .sample(TaskID("high-\($0)"), to: "high") })
        try await store.consume(["high", "low"]) { consumer in
            let claimed = try await consumer.next(upTo: 5, from: ["high", "low"], wait: false)
            #expect(claimed.map(\.id) == ["high-0", "high-1", "high-2", "low-0", "low-1"])
            #expect(claimed.map(\.queue) == ["high", "high", "high", "low", "low"])
            #expect(try await store.raw("ZCARD", store.keys.started("high")).integer == 3)
            #expect(try await store.raw("SCARD", store.keys.executions(ofWorker: "w1")).integer == 5)
        }
        #expect(try await store.value("rq:queue:low") == RQValue(list: ["low-0", "low-1", "low-2"]))
    }

    @Test("a call comes back as it went, with all that RQ has no field for")
    func roundTrip() async throws {
        let store = try RQStores.inVirtualTime(time)
        for serializer in RQSerializer.allCases {
            let envelope = full(TaskID("full-\(serializer)"))
            let other = try RQStores.inVirtualTime(time, prefix: store.keys.prefix) { $0.serializer = serializer }
            try await other.publish([Publication(envelope, to: "default")])
            try await store.consume { consumer in
                let delivery = try await consumer.claimOne(from: "default")
                #expect(delivery.envelope.headers == envelope.headers)
                #expect(delivery.envelope.properties == envelope.properties)
                let (ours, theirs) = (
                    try JSONValue(parsing: delivery.envelope.body), try JSONValue(parsing: envelope.body)
                )
                #expect(ours == theirs)
                #expect(try await consumer.settle([(delivery.receipt, .ack)]).isEmpty)
            }
        }
    }

    @Test("what RQ says of a job stands in the headers of the call")
    func headersOfPython() async throws {
        let store = try RQStores.inVirtualTime(time)
        var job = try RQEnqueueLayoutTests.job("a")
        (job.timeout, job.ttl, job.groupID) = (RQSpan(seconds: 90), RQSpan(seconds: 60), "g")
        job.meta = Array(#"{"user": 7}"#.utf8)
        try await store.enqueue([RQEnqueueing(job, to: "default")])
        #expect(try await store.isKept(store.keys.job("a"), for: 60))
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            #expect(delivery.envelope.task == "tasks.add")
            #expect(String(decoding: delivery.envelope.body, as: UTF8.self).hasPrefix("[[2,3],{},"))
            #expect(delivery.envelope.timeLimit == .seconds(90))
            #expect(delivery.envelope.expires == time.now.adding(.seconds(60)))
            #expect(delivery.envelope.headers.group == "g")
            #expect(delivery.envelope.headers.extra["meta"] == ["user": 7])
            // One that runs does not expire; one that waits again does.
            #expect(try await store.isKept(store.keys.job("a"), for: -1))
            #expect(try await consumer.settle([(delivery.receipt, .release())]).isEmpty)
            #expect(try await store.isKept(store.keys.job("a"), for: 60))
        }
    }

    @Test("an id without a job is dropped, and the next one claimed")
    func missing() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.raw("RPUSH", store.keys.queue("default"), "gone")
        try await store.publish([.sample("a", to: "default")])
        try await store.consume { consumer in
            let claimed = try await consumer.claim(10, from: "default")
            #expect(claimed.map(\.id) == ["a"])
        }
    }

    @Test(
        "a job that cannot be read fails with the reason, and harms no other",
        arguments: [
            ("status", "lost", "status"), ("created_at", "yesterday", "created_at"), ("data", "no call", "call"),
            ("data", "\u{80}\u{4}c__builtin__\neval\n.", "pickle"), ("timeout", "1h", "timeout"),
        ])
    func unreadable(field: String, value: String, reason: String) async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish([.sample("bad", to: "default"), .sample("good", to: "default")])
        var command = RESPCommand("HSET", store.keys.job("bad"), field)
        command.append(value.unicodeScalars.map { UInt8($0.value) })
        _ = try await store.client.send(command)
        try await store.consume { consumer in
            let claimed = try await consumer.claim(10, from: "default")
            #expect(claimed.map(\.id) == ["good"])
        }
        #expect(try await store.status(of: "bad") == "failed")
        let letter = try #require(try await store.deadLetter(of: "bad"))
        #expect(letter.reason.contains(reason), "\(letter.reason)")
        let record = try #require(try await store.record(of: "bad"))
        #expect(record.state == .failure && record.failure?.message.contains(reason) == true, "\(record)")
        #expect(try await store.counts(of: "default") == QueueCounts(ready: 1, dead: 1, oldestReady: .zero))
        #expect(try await store.raw("ZCARD", store.keys.started("default")).integer == 0)
    }

    @Test(
        "a key that somebody has damaged harms no other job, wherever it is met",
        arguments: ["job", "executions", "dependents", "ttl", "limit"])
    func damaged(what: String) async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish([
            .sample("bad", to: "default"), .sample("good", to: "default"),
            .sample("late", to: "default", notBefore: time.now.adding(.seconds(5))),
        ])
        switch what {
        case "job":
            try await store.raw("DEL", store.keys.job("bad"))
            try await store.raw("SET", store.keys.job("bad"), "text")
        case "executions": try await store.raw("SET", store.keys.executions(of: "bad"), "text")
        case "dependents": try await store.raw("SET", store.keys.dependents(of: "bad"), "text")
        case "ttl": try await store.raw("HSET", store.keys.job("late"), "ttl", "soon")
        default:
            try await store.raw("HSET", store.keys.job("late"), "rate_limit_key", "k", "rate_limit_concurrency", "?")
        }
        await time.advance(by: .seconds(5))
        try await store.schedule()
        try await store.consume { consumer in
            var ended: Set<TaskID> = []
            while true {
                let claimed = try await consumer.claim(10, from: "default")
                guard !claimed.isEmpty else { break }
                #expect(try await consumer.extendLeases(claimed.map(\.receipt), by: .seconds(30)).isEmpty)
                let ends = claimed.map { delivery in
                    Completion(
                        receipt: delivery.receipt, settlement: .ack,
                        change: .ended(delivery.id, .success, result: "1", at: time.now))
                }
                #expect(try await store.complete(ends).isEmpty)
                ended.formUnion(claimed.map(\.id))
            }
            #expect(ended.contains("good"))
        }
        #expect(try await store.status(of: "good") == "finished")
        if ["job", "executions", "dependents"].contains(what) {
            #expect(try await store.raw("ZRANGE", store.keys.failed("default"), "0", "-1").texts == ["bad"])
            let letter = try #require(try await store.deadLetters(in: "default", after: nil, limit: 10).first)
            #expect(letter.id == "bad")
        }
    }

    @Test("who lost its execution to a peer's maintenance changes nothing")
    func fence() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish([.sample("a", to: "default")])
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            // As Python's maintenance does it.
            try await store.raw("DEL", store.keys.started("default"))
            try await store.raw("HSET", store.keys.job("a"), "status", "failed")
            #expect(try await consumer.extendLeases([delivery.receipt], by: .seconds(30)) == [delivery.receipt])
            let late = Completion(
                receipt: delivery.receipt, settlement: .ack, change: .ended("a", .success, result: "1", at: time.now),
                continuation: [.sample("next", to: "default")])
            #expect(try await store.complete([late]) == [delivery.receipt])
        }
        #expect(try await store.status(of: "a") == "failed")
        #expect(try await store.raw("EXISTS", store.keys.results(of: "a"), store.keys.job("next")).integer == 0)
    }

    @Test("a renewal keeps all that RQ's maintenance looks at ahead of it")
    func renewal() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish([.sample("a", to: "default")])
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            let before = try await store.raw("ZRANGE", store.keys.started("default"), "0", "-1", "WITHSCORES").scored
            await time.advance(by: .seconds(20))
            #expect(try await consumer.extendLeases([delivery.receipt], by: .seconds(30)).isEmpty)
            let after = try await store.raw("ZRANGE", store.keys.started("default"), "0", "-1", "WITHSCORES").scored
            #expect(after.map(\.member) == before.map(\.member))
            #expect(after[0].score - before[0].score == 20)
            let executions = try await store.raw("ZRANGE", store.keys.executions(of: "a"), "0", "-1", "WITHSCORES")
                .scored
            #expect(executions[0].score - after[0].score == 60)
            let heartbeat = try await store.raw("HGET", store.keys.job("a"), "last_heartbeat").text
            #expect(heartbeat == RQTime.text(time.now))
            let execution = try #require(RQExecution.parse(member: after[0].member)).id
            let seconds = try await store.raw("HGET", store.keys.execution(execution, of: "a"), "last_heartbeat").double
            #expect(seconds == time.now.timeIntervalSince1970)
        }
    }

    @Test("while workers are suspended nothing is claimed, and all goes on afterwards")
    func suspension() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish([.sample("a", to: "default")])
        try await store.suspend(for: .seconds(100))
        #expect(try await store.isKept(store.keys.suspended, for: 100))
        try await store.consume { consumer in
            #expect(try await consumer.claim(from: "default").isEmpty)
            async let waiting = consumer.next(upTo: 1, from: ["default"], wait: true)
            try await time.untilSleepers(1)
            try await store.resume()
            await time.advance(by: .seconds(1))
            #expect(try await waiting.map(\.id) == ["a"])
        }
    }

    @Test("a job that Python pushes wakes who waits, though nobody told of it")
    func wakes() async throws {
        let store = try RQStores.inRealTime()
        try await store.consume(["high", "default"]) { consumer in
            async let waiting = consumer.next(upTo: 1, from: ["high", "default"], wait: true)
            while try await store.raw("CLIENT", "LIST").text?.contains("cmd=blmove") != true { await Task.yield() }
            let other = try RQStores.inRealTime(prefix: store.keys.prefix)
            try await other.enqueue([RQEnqueueing(try RQEnqueueLayoutTests.job("a"), to: "default")])
            #expect(try await waiting.map(\.id) == ["a"])
            await other.close()
        }
        await store.close()
    }

    @Test("a unique key is held by the job, and goes with it")
    func uniqueKey() async throws {
        let store = try RQStores.inVirtualTime(time)
        var publication = Publication.sample("a", to: "default")
        publication.unique = UniqueClaim(key: "report", span: .untilDone)
        try await store.publish([publication])
        #expect(try await store.raw("KEYS", "\(store.keys.prefix):celeriac:unique:*").texts.count == 1)
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            _ = try await consumer.settle([(delivery.receipt, .ack)])
        }
        #expect(try await store.raw("KEYS", "\(store.keys.prefix):celeriac:unique:*").texts.isEmpty)
    }

    private func full(_ id: TaskID) -> Envelope {
        var headers = MessageHeaders(id: id, task: "tests.full")
        (headers.rootID, headers.parentID) = ("root", "parent")
        (headers.eta, headers.expires) = (time.now.adding(.seconds(-5)), time.now.adding(.hours(5)))
        (headers.retries, headers.timeLimit, headers.softTimeLimit) = (3, .seconds(30), .seconds(20))
        (headers.group, headers.groupIndex) = ("group '\"", 7)
        (headers.shadow, headers.origin, headers.ignoreResult) = ("shadow \u{0}", "gen1@host", false)
        headers.history = [FailedAttempt(attempt: 1, at: time.now, type: "Oops", message: "it broke \u{0} 🎉")]
        headers.extra = ["traceparent": "00-4bf9-01", "nested": ["": ["🎉": "'\"\\"]], "number": .integer(.min)]
        let properties = Envelope.Properties(priority: .high, correlationID: "correlation", replyTo: "reply")
        let body =
            #"[[1,-2.5,"é\u0000🎉",null,[true,{}]],{"name":{"a":[]}},{"callbacks":[{"task":"next"}],"chain":null}]"#
        return Envelope(headers: headers, properties: properties, body: Array(body.utf8))
    }
}
