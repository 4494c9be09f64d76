import CeleriacCanvas
import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import CeleriacWire
import Foundation
import RESPClient
import Testing

@testable import CeleriacRQ
@testable import CeleriacRedis

/// Whoever may write to the server may write any number into a score or a hash.
@Suite("Numbers at the edges in Redis", .oneServer, .timeLimit(.minutes(15)))
struct EdgeNumberTests {
    private let time = ManualTime()

    @Test("any number in a score or a count of ours stops no store, and the next message is served")
    func kombu() async throws {
        for number in EdgeNumbers.texts where !number.isEmpty {
            let store = try Stores.inVirtualTime(time)
            var later = Publication.sample("later")
            later.notBefore = time.now.adding(.hours(1))
            try await store.beat(
                WorkerStatus(
                    name: "w@h", host: "h", pid: 1, startedAt: time.now, lastBeat: time.now,
                    expires: time.now.adding(.hours(1))))
            try await store.publish([.sample("ready"), later])
            let members = try await store.raw("ZRANGE", store.keys.delayed(.default), "0", "-1").texts
            for member in members { _ = try? await store.raw("ZADD", store.keys.delayed(.default), number, member) }
            let raw = try await store.raw("LRANGE", store.keys.list(.default, step: 0), "0", "-1").texts
            for text in raw {
                let tag = KombuEnvelope.deliveryTag(of: Array(text.utf8)) ?? ""
                _ = try? await store.raw("HSET", store.keys.own("deliveries"), tag, "\(number) 0")
            }
            _ = try? await store.counts(of: .default)
            for status in MessagePlace.Status.allCases {
                _ = try? await store.messages(in: .default, status, after: nil, limit: 9)
            }
            let group = store.keys.resultPrefix + "celery-taskset-meta-g"
            _ = try? await store.raw("SET", group + ".s", number)
            let report = ChordReport(groupID: "g", index: 0, id: "p", result: .success([0x31]), body: Array("{}".utf8))
            try? await store.take([.part(report)])
            _ = try? await store.progress(ofChord: "g")
            for chord in (try? await store.claimChords(upTo: 9, lease: .seconds(9))) ?? [] {
                _ = ChordJoin(size: chord.size).outcome(of: [])
            }
            try await store.put(ScheduleEntry("tick", .every(.minutes(1)), task: "tests.sample"))
            for place in 0..<6 {
                var words = ["1", "0", "1", "1", "1", "1", "-"]
                words[place] = number
                _ = try await store.raw("HSET", store.keys.schedule[1], "tick", words.joined(separator: " "))
                guard let record = try? await store.scheduleRecord(of: "tick") else { continue }
                _ = try? await store.take(
                    ScheduleStep(of: record, through: time.now, publishing: [.sample("ticked")], at: time.now))
                _ = try? await store.setPaused(place.isMultiple(of: 2), "tick")
            }
            try await store.publish([.sample("honest", to: "honest")])
            try await store.withConsumer(ConsumerTerms(["honest", .default], lease: .seconds(30))) { consumer in
                let claimed = try await consumer.next(upTo: 9, from: ["honest", .default], wait: false)
                #expect(claimed.map(\.id).contains("honest"), "\(number)")
                #expect(claimed.allSatisfy { $0.deliveryCount.minimum >= 1 })
            }
            await store.close()
        }
    }

    @Test("any number in any field of a job of RQ's harms that job alone")
    func rq() async throws {
        let numbers = [
            "number_of_retries", "retries_left", "repeats_left", "timeout", "ttl", "result_ttl", "failure_ttl",
            "success_callback_timeout", "failure_callback_timeout", "stopped_callback_timeout",
            "rate_limit_concurrency", "enqueue_at_front", "celeriac_deliveries", "celeriac_retries",
        ]
        let store = try RQStores.inVirtualTime(time)
        for name in numbers {
            for text in EdgeNumbers.texts {
                for settlement in ["ack", "retry", "dead", "release"] {
                    let id = TaskID("\(name)-\(settlement)")
                    try await store.enqueue([RQEnqueueing(try RQEnqueueLayoutTests.job(id), to: "default")])
                    try await store.raw("HSET", store.keys.job(id), name, text)
                    try await settle(id, settlement, in: store, "\(name)=\(text)")
                    _ = try? await store.snapshot(of: id)
                    _ = try? await store.record(of: id)
                    _ = try? await store.delete(id, withDependents: false)
                }
            }
        }
        for name in ["pid", "successful_job_count", "failed_job_count", "total_working_time", "birth"] {
            for text in EdgeNumbers.texts {
                try await store.raw("HSET", store.keys.worker("py"), name, text)
                try await store.raw("SADD", store.keys.workers, store.keys.worker("py"))
                _ = try await store.workers()
            }
        }
        await store.close()
    }

    /// Claims the job, unless it is refused, and ends it; then an honest one must come.
    private func settle(
        _ id: TaskID, _ settlement: String, in store: RQStore, _ comment: Comment
    ) async throws {
        try await store.publish([.sample("honest", to: "honest")])
        try await store.withConsumer(ConsumerTerms(["default", "honest"], lease: .seconds(30))) { consumer in
            for delivery in try await consumer.next(upTo: 9, from: ["default"], wait: false) {
                #expect(delivery.deliveryCount.minimum >= 1 && delivery.envelope.attempt >= 1, comment)
                let end: Settlement =
                    switch settlement {
                    case "retry": .retry(delivery.envelope, notBefore: nil)
                    case "dead": .deadLetter(reason: "no")
                    case "release": .release()
                    default: .ack
                    }
                let state: TaskState = settlement == "dead" ? .failure : settlement == "retry" ? .retry : .success
                let change = StateChange(id: id, state: state, at: time.now, expires: time.now.adding(.hours(1)))
                #expect(
                    try await store.complete([
                        Completion(
                            receipt: delivery.receipt, settlement: end, change: settlement == "release" ? nil : change)
                    ]).isEmpty, comment)
            }
            let honest = try await consumer.next(upTo: 9, from: ["honest"], wait: false)
            #expect(honest.map(\.id) == ["honest"], comment)
            _ = try await consumer.settle(honest.map { ($0.receipt, .ack) })
        }
    }
}
