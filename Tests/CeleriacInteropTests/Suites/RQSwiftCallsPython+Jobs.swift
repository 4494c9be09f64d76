import Celeriac
import CeleriacCore
import CeleriacRQ
import Foundation
import Testing

/// Swift's words for jobs and registries, on jobs that Python made and ran.
extension Interop.RQ.SwiftCallsPython {
    /// Runs Python, whose last expression is the id of a job.
    private func job(_ code: String) async throws -> Job {
        let id = try #require(try await python(code).stringValue)
        return try #require(try await app.job(TaskID(id)))
    }

    @Test("a snapshot shows the job that Python made and ran", .timeLimit(.minutes(15)))
    func snapshotOfPython() async throws {
        let job = try await job(
            """
            job = queue('simple').enqueue(
                'rqtasks.add', 40, y=2, meta={'user': 'Ada'}, description='the answer', job_timeout='1h', result_ttl=600,
                failure_ttl=86400, retry=Retry(max=2, interval=[3]), on_success=Callback('rqtasks.succeeded', timeout=7))
            ended(job).id
            """)
        let seen = try await job.refresh()
        #expect(seen.status == .finished && seen.task == "rqtasks.add" && seen.origin == "simple")
        #expect(seen.arguments == EncodedArguments(args: [40], kwargs: ["y": 2]))
        #expect(seen.description == "the answer" && seen.meta == ["user": "Ada"] && seen.worker == "simple")
        #expect(seen.timeout == .hours(1) && seen.resultTTL == .minutes(10) && seen.failureTTL == .days(1))
        #expect(seen.retriesLeft == 2 && seen.retryIntervals == [.seconds(3)])
        #expect(seen.callbacks.success == JobCallback("rqtasks.succeeded", timeout: .seconds(7)))
        let times = [seen.createdAt, seen.enqueuedAt, seen.startedAt, seen.endedAt].compactMap(\.self)
        #expect(times.count == 4 && times == times.sorted())
        #expect(try await job.result(as: Int.self) == 42)
    }

    @Test("results tell of success, failure, stop and a retry that the function asked for", .timeLimit(.minutes(15)))
    func resultsOfPython() async throws {
        let good = try await job("ended(queue('simple').enqueue('rqtasks.add', 1, 1)).id").latestResult
        #expect(good?.kind == .successful && good?.returnValue == 2 && good?.worker == "simple")
        #expect(good?.createdAt != nil && good?.startedAt != nil && good?.endedAt != nil)
        let bad = try await job("ended(queue('simple').enqueue('rqtasks.fail', 'burnt')).id").latestResult
        #expect(bad?.kind == .failed && bad?.exceptionText?.contains("KitchenError: burnt") == true)
        let again = try await job(
            "ended(queue('simple').enqueue('rqtasks.ask_again', scratch('asked-again'), 1)).id")
        #expect(try await again.results.map(\.kind) == [.successful, .retried])
        let stopped = try await job(
            """
            job = queue('python').enqueue('rqtasks.hold', scratch('never-opened-either'))
            status_of(job, 'started')
            send_stop_job_command(redis, job.id)
            ended(job).id
            """)
        #expect(try await stopped.status == .stopped)
        #expect(try await stopped.latestResult?.kind == .stopped)
    }

    @Test("registries list what Python's queues list, with the same times", .timeLimit(.minutes(15)))
    func registriesOfPython() async throws {
        let ids = try await python(
            """
            shelf = queue('shelf')
            later = shelf.enqueue_in(timedelta(hours=1), 'rqtasks.add', 1, 1)
            waiting = shelf.enqueue('rqtasks.add', 1, 1)
            child = shelf.enqueue('rqtasks.add', 1, 1, depends_on=waiting)
            dropped = shelf.enqueue('rqtasks.add', 1, 1)
            dropped.cancel()
            due = ScheduledJobRegistry(queue=shelf).get_scheduled_time(later).timestamp()
            [later.id, waiting.id, child.id, dropped.id, due]
            """
        ).arrayValue?.map { $0.stringValue.map { TaskID($0) } }
        let named = try #require(ids)
        let (later, waiting) = (try #require(named[0]), try #require(named[1]))
        let (child, dropped) = (try #require(named[2]), try #require(named[3]))
        let shelf = app.queue("shelf")
        #expect(try await shelf.scheduled.ids().items == [later])
        #expect(try await shelf.deferred.ids().items == [child])
        #expect(try await shelf.canceled.ids().items == [dropped])
        #expect(try await shelf.ids().items == [waiting])
        let due = try #require(try await shelf.scheduled.scheduledTime(of: later)).timeIntervalSinceNow
        #expect((3_500...3_600).contains(due))
        #expect(try await shelf.scheduled.remove(later, deleteJob: true))
        #expect(try await Job(id: waiting, app: app).delete(deleteDependents: true))
        let seen = try await python(
            "[Job.exists(id, redis) for id in ['\(later)', '\(waiting)', '\(child)', '\(dropped)']]")
        #expect(seen == [false, false, false, true])
        try await shelf.delete()
        #expect(try await python("'shelf' in [q.name for q in Queue.all(connection=redis)]") == false)
    }

    @Test(
        "finished and failed jobs of a worker of Python's are found, and requeued at the front",
        .timeLimit(.minutes(15))
    )
    func endedOfPython() async throws {
        let good = try await job("ended(queue('simple').enqueue('rqtasks.add', 1, 1)).id")
        #expect(try await simple.finished.contains(good))
        let end = try #require(try await simple.finished.expiration(of: good))
        #expect((400...500).contains(end.timeIntervalSinceNow))
        let bad = try await job("ended(queue('simple').enqueue('rqtasks.flaky', scratch('face-requeue'), 1)).id")
        #expect(try await simple.failed.contains(bad))
        try await simple.failed.requeue(bad, atFront: true)
        #expect(try await AsyncResult<Int>(id: bad.id, app: app).get(timeout: limit) == 2)
        #expect(try await !simple.failed.contains(bad))
    }

    @Test("metadata that Swift saves is what Python's job has", .timeLimit(.minutes(15)))
    func metaForPython() async throws {
        let job = try await job("queue('shelf-meta').enqueue('rqtasks.add', 1, 1, meta={'a': 1}).id")
        #expect(try await job.meta == ["a": 1])
        try await job.saveMeta(["b": [1, "zwei"]])
        #expect(try await python("fetch_job('\(job.id)').get_meta()") == ["b": [1, "zwei"]])
        try await app.queue("shelf-meta").delete()
    }

    @Test(
        "canceling a job of Python's lets its dependents go to the worker, if that is asked", .timeLimit(.minutes(15)))
    func cancelReleases() async throws {
        let parent = try await job("queue('shelf-cancel').enqueue('rqtasks.add', 1, 1).id")
        let child = try await job("queue('simple').enqueue('rqtasks.add', 2, 2, depends_on='\(parent.id)').id")
        #expect(try await child.status == .deferred)
        try await parent.cancel(enqueueDependents: true)
        #expect(try await AsyncResult<Int>(id: child.id, app: app).get(timeout: limit) == 4)
        #expect(try await python("status(fetch_job('\(parent.id)'))") == "canceled")
    }
}
