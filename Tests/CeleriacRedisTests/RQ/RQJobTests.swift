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

@Suite("Jobs and registries, as RQ's keys have them", .oneServer, .timeLimit(.minutes(15)))
struct RQJobTests {
    private let time = ManualTime()

    @Test("a snapshot has all that was said of a job, and what has become of it")
    func snapshot() async throws {
        let (store, queue) = try make()
        let parent = try await queue.enqueue("tasks.add", id: "parent")
        let said = JobOptions(
            id: "said", dependsOn: JobDependencies([parent], allowFailure: true),
            retry: JobRetry(max: 3, intervals: [.seconds(10), .seconds(30)]),
            repeat: JobRepeat(times: 2, interval: .minutes(1)),
            onSuccess: JobCallback("tasks.report", timeout: .seconds(9)),
            onStopped: JobCallback("tasks.alarm"), group: "kitchen",
            rateLimit: JobRateLimit(key: "pan", concurrency: 2),
            webhooks: [JobWebhook("https://localhost/x", on: .failed, method: .post, headers: ["A": "b"])],
            meta: ["user": 7], description: "fry", timeout: .minutes(2), resultTTL: .forever, ttl: .hours(1),
            failureTTL: .days(2))
        try await queue.enqueue(
            Signature<JSONValue>("tasks.fry", EncodedArguments(args: [1], kwargs: ["k": "v"])), job: said)
        let seen = try await Job(id: "said", app: queue.app).refresh()
        #expect(seen.status == .deferred && seen.task == "tasks.fry" && seen.origin == "default")
        #expect(seen.arguments == EncodedArguments(args: [1], kwargs: ["k": "v"]))
        #expect(seen.description == "fry" && seen.group == "kitchen" && seen.meta == ["user": 7])
        #expect(seen.createdAt == time.now && seen.enqueuedAt == nil && seen.startedAt == nil)
        #expect(seen.dependencyIDs == ["parent"] && seen.allowsDependencyFailures)
        #expect(seen.retriesLeft == 3 && seen.retryIntervals == [.seconds(10), .seconds(30)])
        #expect(seen.repeatsLeft == 2 && seen.repeatIntervals == [.minutes(1)])
        #expect(seen.callbacks == said.callbacks && seen.webhooks == said.webhooks && seen.rateLimit == said.rateLimit)
        #expect(seen.timeout == .minutes(2) && seen.ttl == .hours(1))
        #expect(seen.resultTTL == .forever && seen.failureTTL == .days(2))
        #expect(try await parent.job.refresh().dependentIDs == ["said"])
        try await store.end("parent", .success, at: time.now)
        let ended = try await parent.job.refresh()
        #expect(ended.status == .finished && ended.worker == "w1" && ended.startedAt == time.now)
        #expect(ended.endedAt == time.now && ended.dependentIDs == [])
        #expect(try await Job(id: "said", app: queue.app).status == .queued)
    }

    @Test("status says RQ's words: deferred, rate_limited, scheduled, canceled, and nothing of what is gone")
    func statuses() async throws {
        let (_, queue) = try make()
        let limit = JobRateLimit(key: "pan", concurrency: 1)
        let first = try await queue.enqueue("tasks.add", id: "a", rateLimit: limit)
        let limited = try await queue.enqueue("tasks.add", rateLimit: limit)
        let deferred = try await queue.enqueue("tasks.add", dependsOn: [first])
        let scheduled = try await queue.enqueue("tasks.add", in: .hours(1))
        var seen: [JobStatus?] = []
        for result in [first, limited, deferred, scheduled] { seen.append(try await result.job.status) }
        #expect(seen == [.queued, .rateLimited, .deferred, .scheduled])
        #expect(try await scheduled.job.refresh().scheduledFor == time.now.adding(.hours(1)))
        try await deferred.job.cancel()
        #expect(try await deferred.job.status == .canceled)
        #expect(try await Job(id: "nobody", app: queue.app).status == nil)
        #expect(try await queue.job("nobody") == nil)
    }

    @Test("results come newest first, with kind, value, words, worker and times")
    func results() async throws {
        let (store, queue) = try make()
        let job = try await queue.enqueue("tasks.add", id: "a", repeat: JobRepeat(times: 1)).job
        #expect(try await job.latestResult == nil)
        try await store.end("a", .success, at: time.now)
        try await store.end("a", .failure, at: time.now)
        let results = try await job.results
        #expect(results.map(\.kind) == [.failed, .successful])
        let (failed, good) = (try #require(results.first), try #require(results.last))
        #expect(failed.exceptionText?.contains("it broke") == true && failed.returnValue == nil)
        #expect(good.returnValue == 1 && good.worker == "w1" && good.executionID != nil)
        #expect(good.startedAt == time.now && good.endedAt == time.now && good.createdAt != nil)
        #expect(try await job.latestResult == failed)
    }

    @Test("metadata is replaced in the serializer of the job", arguments: RQSerializer.allCases)
    func meta(serializer: RQSerializer) async throws {
        let (store, queue) = try make { $0.serializer = serializer }
        let job = try await queue.enqueue("tasks.add", meta: ["user": 7]).job
        #expect(try await job.meta == ["user": 7])
        struct Place: Encodable { let page: Int }
        try await job.saveMeta(Place(page: 3))
        #expect(try await job.meta == ["page": 3])
        await #expect(throws: CeleriacError.self) { try await job.saveMeta([1, 2]) }
        try await job.saveMeta(["step": [1, "zwei"]])
        #expect(try await job.meta == ["step": [1, "zwei"]])
        let bytes = try #require(try await store.hash(job.id)["meta"])
        #expect(RQSerializer(detecting: bytes) == serializer)
        let error = await #expect(throws: CeleriacError.self) {
            try await Job(id: "nobody", app: queue.app).saveMeta([:])
        }
        #expect(error?.code == .unknownTaskID)
    }

    @Test("a canceled job lets those go that wait for it alone, if that is asked")
    func cancel() async throws {
        let (_, queue) = try make()
        let (one, two) = (
            try await queue.enqueue("tasks.add", id: "one"), try await queue.enqueue("tasks.add", id: "two")
        )
        try await queue.enqueue("tasks.add", id: "of-one", dependsOn: [one])
        try await queue.enqueue("tasks.add", id: "of-both", dependsOn: [one, two])
        try await queue.enqueue("tasks.add", id: "of-two", dependsOn: [two])
        try await one.job.cancel(enqueueDependents: true)
        #expect(try await queue.ids().items == ["two", "of-one"])
        try await two.job.cancel()
        #expect(try await queue.ids().items == ["of-one"])
        #expect(try await Set(queue.deferred.ids()) == ["of-both", "of-two"])
        #expect(try await Set(queue.canceled.ids()) == ["one", "two"])
    }

    @Test("a failed job is requeued to the back, or to the front")
    func requeue() async throws {
        let (store, queue) = try make()
        for id: TaskID in ["a", "b"] {
            try await queue.enqueue("tasks.add", id: id)
            try await store.end(id, .failure, at: time.now)
        }
        try await queue.enqueue("tasks.add", id: "c")
        #expect(try await queue.failed.ids().items == ["a", "b"])
        try await Job(id: "a", app: queue.app).requeue()
        try await queue.failed.requeue(TaskID("b"), atFront: true)
        #expect(try await queue.ids().items == ["b", "c", "a"])
        #expect(try await queue.failed.count == 0)
    }

    @Test("a job is deleted wherever it stands, with those that wait for it, and with these")
    func delete() async throws {
        let (store, queue) = try make()
        let parent = try await queue.enqueue("tasks.add", id: "parent", group: "kitchen")
        let child = try await queue.enqueue("tasks.add", id: "child", dependsOn: [parent])
        let grandchild = try await queue.enqueue("tasks.add", id: "grandchild", dependsOn: [child])
        let later = try await queue.enqueue("tasks.add", in: .hours(1), id: "later")
        #expect(try await later.job.delete())
        #expect(try await parent.job.delete(deleteDependents: true))
        for result in [parent, child, grandchild, later] { #expect(try await result.job.status == nil) }
        #expect(try await !parent.job.delete())
        #expect(try await store.keyNames().isSubset(of: ["rq:queues", "rq:groups"]))
    }

    @Test("the worker of a job that is deleted while it runs writes nothing more")
    func deleteRunning() async throws {
        let (store, queue) = try make()
        let job = try await queue.enqueue("tasks.add", id: "a").job
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            #expect(try await queue.started.ids().items == ["a"])
            #expect(try await queue.started.contains(job))
            #expect(try await queue.started.expiration(of: job) != nil)
            #expect(try await job.delete())
            let change = StateChange.ended("a", .success, result: "1", at: time.now)
            let end = Completion(receipt: delivery.receipt, settlement: .ack, change: change)
            #expect(try await store.complete([end]) == [delivery.receipt])
        }
        #expect(try await job.status == nil)
        #expect(try await queue.started.count == 0)
        #expect(try await queue.finished.count == 0)
    }

    @Test("each registry counts, lists and finds its jobs, with the times that it knows")
    func registries() async throws {
        let (store, queue) = try make()
        let good = try await queue.enqueue("tasks.add", id: "good", resultTTL: .minutes(5))
        let kept = try await queue.enqueue("tasks.add", id: "kept", resultTTL: .forever)
        try await store.end("good", .success, at: time.now)
        try await store.end("kept", .success, at: time.now)
        let bad = try await queue.enqueue("tasks.add", id: "bad", failureTTL: .hours(1))
        try await store.end("bad", .failure, at: time.now)
        let later = try await queue.enqueue("tasks.add", in: .hours(2), id: "later")
        #expect(try await queue.finished.ids().items == ["good", "kept"])
        let first = try await queue.finished.ids(limit: 1)
        #expect(first.items == ["good"])
        #expect(try await queue.finished.ids(after: first.next).items == ["kept"])
        #expect(try await queue.finished.contains(good))
        #expect(try await !queue.finished.contains(bad))
        #expect(try await queue.finished.expiration(of: kept) == .distantFuture)
        let end = try #require(try await queue.finished.expiration(of: good))
        #expect((0...1).contains(time.now.adding(.minutes(5)).timeIntervalSince(end)))
        #expect(try await queue.scheduled.scheduledTime(of: later) == time.now.adding(.hours(2)))
        #expect(try await queue.failed.count == 1)
        #expect(try await queue.scheduled.count == 1)
        var seen: [TaskID] = []
        for try await job in queue.finished.jobs { seen.append(job.id) }
        #expect(seen == ["good", "kept"])
        await time.advance(by: .minutes(61))
        #expect(try await queue.finished.ids().items == ["kept"])
        #expect(try await queue.finished.count == 1)
        #expect(try await !queue.finished.contains(good))
        #expect(try await queue.failed.count == 0)
    }

    @Test("a job is taken off its registry alone, or goes with it; what runs is not taken")
    func remove() async throws {
        let (store, queue) = try make()
        for id: TaskID in ["a", "b"] {
            try await queue.enqueue("tasks.add", id: id)
            try await store.end(id, .failure, at: time.now)
        }
        #expect(try await queue.failed.remove(TaskID("a")))
        #expect(try await Job(id: "a", app: queue.app).status == .failed)
        #expect(try await queue.failed.remove(TaskID("b"), deleteJob: true))
        #expect(try await Job(id: "b", app: queue.app).status == nil)
        #expect(try await !queue.failed.remove(TaskID("b")))
        #expect(try await queue.failed.count == 0)
        let error = await #expect(throws: CeleriacError.self) { try await queue.started.remove(TaskID("a")) }
        #expect(error?.code == .unsupported)
    }

    @Test("a deleted queue is listed no more; its jobs go with it, or stay without a queue", arguments: [true, false])
    func deleteQueue(deletesJobs: Bool) async throws {
        let (_, queue) = try make()
        let job = try await queue.enqueue("tasks.add").job
        #expect(try await queue.app.queues().map(\.name) == ["default"])
        try await queue.delete(deleteJobs: deletesJobs)
        #expect(try await queue.app.queues().isEmpty)
        #expect(try await queue.isEmpty)
        #expect(try await job.status == (deletesJobs ? nil : .queued))
    }

    private func make(_ change: (inout RQOptions) -> Void = { _ in }) throws -> (RQStore, Queue) {
        let store = try RQStores.inVirtualTime(time, change)
        let app = try TaskApp(
            Backend(store), options: AppOptions(defaultQueue: "default", discoversTasks: false), time: time,
            logger: .quiet)
        return (store, app.queue("default"))
    }
}
