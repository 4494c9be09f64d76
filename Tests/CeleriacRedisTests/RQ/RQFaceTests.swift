@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker
import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import Foundation
import RESPClient
import Testing

@testable import CeleriacRQ

@Suite("What a queue is told in RQ's words lies in RQ's fields", .oneServer, .timeLimit(.minutes(15)))
struct RQFaceTests {
    private let time = ManualTime()

    /// A call in our words, and the recording of RQ's own.
    struct Said: Sendable, CustomTestStringConvertible {
        let recording: String
        let task: TaskName
        var args: [JSONValue] = [1, 2]
        var id: TaskID?
        let job: JobOptions

        var testDescription: String { recording }
    }

    @Test(
        "the hash of a job is the one that RQ wrote",
        arguments: [
            Said(
                recording: "enqueue-retry", task: "rqtasks.fail", args: [],
                job: JobOptions(
                    retry: JobRetry(
                        max: 3, intervals: [.seconds(10), .seconds(30), .seconds(60)], atFront: true))),
            Said(
                recording: "enqueue-repeat", task: "rqtasks.add",
                job: JobOptions(repeat: JobRepeat(times: 3, intervals: [.seconds(5), .seconds(10)]))),
            Said(
                recording: "enqueue-callbacks", task: "rqtasks.add",
                job: JobOptions(
                    onSuccess: JobCallback("rqtasks.on_success", timeout: .seconds(30)),
                    onFailure: JobCallback("rqtasks.on_failure"), onStopped: JobCallback("rqtasks.on_stopped"))),
            Said(
                recording: "enqueue-webhooks", task: "rqtasks.add",
                job: JobOptions(webhooks: [
                    JobWebhook("http://127.0.0.1:9/done", on: .finished, method: .post, headers: ["X": "y"]),
                    JobWebhook("http://127.0.0.1:9/fail", on: .failed),
                ])),
            Said(
                recording: "enqueue-options", task: "rqtasks.add", id: "my-job_1",
                job: JobOptions(
                    meta: ["user": 7], description: "sum", timeout: .hours(1), resultTTL: .seconds(600), ttl: .hours(1),
                    failureTTL: .days(1), atFront: true)),
            Said(
                recording: "enqueue-rate-limit", task: "rqtasks.add", args: [0, 0], id: "rl0",
                job: JobOptions(rateLimit: JobRateLimit(key: "api", concurrency: 2))),
        ])
    func recorded(said: Said) async throws {
        let recording = try RQRecording(said.recording)
        let id = try said.id ?? TaskID(#require(recording.document["jobs"]?.membersByName?.keys.first))
        let store = try RQStores.inVirtualTime(time)
        var job = said.job
        job.id = id
        job.timeout = job.timeout ?? .seconds(180)
        let call = Signature<JSONValue>(said.task, EncodedArguments(args: said.args))
        try await queue(of: store).enqueue(call, job: job)
        expectSame(
            try await store.hash(id), try recording.job(id),
            moments: ["created_at", "enqueued_at", "started_at", "last_heartbeat"])
    }

    @Test("jobs that depend on others lie as RQ has them, with both sides of each dependency")
    func dependencies() async throws {
        let recording = try RQRecording("enqueue-depends-on")
        let store = try RQStores.inVirtualTime(time)
        let queue = try queue(of: store)
        func add(_ x: Int64, _ y: Int64) -> Signature<JSONValue> {
            Signature("rqtasks.add", EncodedArguments(args: [.integer(x), .integer(y)]))
        }
        let parent = try await queue.enqueue(add(1, 2), id: "parent1", timeout: .seconds(180))
        let other = try await queue.app.queue("other").enqueue(add(3, 4), id: "parent2", timeout: .seconds(180))
        try await queue.enqueue(add(5, 6), id: "child", dependsOn: [parent, other], timeout: .seconds(180))
        try await queue.enqueue(
            add(7, 8), id: "child2",
            dependsOn: JobDependencies([parent.job], allowFailure: true, enqueueAtFront: true), timeout: .seconds(180))
        for id: TaskID in ["parent1", "parent2", "child", "child2"] {
            expectSame(
                try await store.hash(id), try recording.job(id),
                moments: ["created_at", "enqueued_at", "started_at", "last_heartbeat"])
        }
        for key in ["rq:job::child2:dependencies", "rq:job::child:dependencies", "rq:job:parent1:dependents"] {
            #expect(try await store.value(key) == recording.key(key), "\(key)")
        }
        #expect(try await queue.deferred.ids().items == ["child", "child2"])
    }

    @Test("a job that allows failures starts at once after one that has failed already, another waits")
    func failedBefore() async throws {
        let store = try RQStores.inVirtualTime(time)
        let queue = try queue(of: store)
        let parent = try await queue.enqueue("tasks.add", id: "parent")
        try await end("parent", .failure, in: store)
        try await queue.enqueue("tasks.add", id: "plain", dependsOn: [parent])
        try await queue.enqueue(
            "tasks.add", id: "tolerant", dependsOn: JobDependencies([parent], allowFailure: true))
        #expect(try await queue.ids().items == ["tolerant"])
        #expect(try await queue.deferred.ids().items == ["plain"])
    }

    @Test("a job that depends on others has no time of its own")
    func timedDependent() async throws {
        let store = try RQStores.inVirtualTime(time)
        let queue = try queue(of: store)
        let error = await #expect(throws: CeleriacError.self) {
            try await queue.enqueue("tasks.add", in: .hours(1), dependsOn: [TaskID("parent")])
        }
        #expect(error?.code == .invalidArguments)
        #expect(try await store.keyNames() == [])
    }

    @Test("a unique job is refused whatever has become of the first, until that is gone")
    func unique() async throws {
        let store = try RQStores.inVirtualTime(time)
        let queue = try queue(of: store)
        let first = try await queue.enqueue("tasks.add", id: "only", unique: true)
        try await end("only", .success, in: store)
        let error = await #expect(throws: CeleriacError.self) {
            try await queue.enqueue("tasks.add", id: "only", unique: true)
        }
        #expect(error?.code == .duplicateJob)
        #expect(try await first.job.delete())
        try await queue.enqueue("tasks.add", id: "only", unique: true)
        #expect(try await queue.ids().items == ["only"])
    }

    @Test("of retry, callbacks and ttl nothing stands in the headers besides: workers would heed it twice")
    func once() async throws {
        let store = try RQStores.inVirtualTime(time)
        let queue = try queue(of: store)
        try await queue.enqueue("tasks.add", id: "a", retry: JobRetry(max: 2), ttl: .minutes(1))
        let own = try #require(RQFields(try await store.raw("HGETALL", store.keys.job("a")))[RQOwnPart.field])
        let headers = try RQOwnPart(parsing: own, limits: JSONLimits()).headers
        #expect(headers.extra == [:] && headers.expires == nil)
        #expect(try await store.isKept(store.keys.job("a"), for: 60))
    }

    @Test("chains, groups and callbacks of Celery's kind are refused, since RQ's jobs carry none")
    func canvas() async throws {
        let store = try RQStores.inVirtualTime(time)
        let app = try queue(of: store).app
        let add = Signature<Int>("tasks.add", EncodedArguments(args: [1, 2]))
        let next = Step<Int, Int>("tasks.add", args: [3])
        let sends: [() async throws -> Void] = [
            { try await app.send(chain(add, next)) }, { try await app.send(group([add, add])) },
            { try await app.send(add.link(next)) },
        ]
        for send in sends {
            let error = await #expect(throws: CeleriacError.self) { try await send() }
            #expect(error?.code == .unsupported && error?.message.contains("dependsOn") == true)
        }
        #expect(try await store.keyNames() == [])
    }

    // MARK: Steps

    private func queue(of store: RQStore) throws -> Queue {
        try TaskApp(
            Backend(store), options: AppOptions(defaultQueue: "default", discoversTasks: false), time: time,
            logger: .quiet
        ).queue("default")
    }

    private func end(_ id: TaskID, _ state: TaskState, in store: RQStore) async throws {
        try await store.end(id, state, at: time.now)
    }
}

extension RQStore {
    /// Claims one job, which must be `id`, and ends it.
    func end(_ id: TaskID, _ state: TaskState, at date: Date) async throws {
        try await consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            #expect(delivery.id == id)
            let settlement: Settlement = state == .failure ? .deadLetter(reason: "it broke") : .ack
            let change = StateChange.ended(id, state, result: state == .success ? "1" : nil, at: date)
            #expect(
                try await complete([Completion(receipt: delivery.receipt, settlement: settlement, change: change)])
                    .isEmpty)
        }
    }
}
