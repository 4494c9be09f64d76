import Celeriac
import CeleriacCore
import CeleriacRQ
import Testing

extension Interop.RQ {
    /// Functions that are called again and again, across the languages.
    @Suite("RQ's cron", .serialized)
    struct Cron: RQLive {}
}

extension Interop.RQ.Cron {
    @Test("Python lists a Swift scheduler with its entries, and RQ's worker runs them", .timeLimit(.minutes(15)))
    func fromSwift() async throws {
        let entries = [
            try RQCronEntry(
                "swift-hourly", calling: "rqtasks.shown", EncodedArguments(args: ["tick"]), in: "simple",
                every: .seconds(3600)),
            try RQCronEntry("swift-nightly", calling: "rqtasks.shown", in: "simple", cron: "30 2 * * mon-fri"),
        ]
        let cron = RQCron(store, entries, name: "swift-clock", configurationFile: "Main.swift")
        let running = Task { try await cron.run() }
        #expect(
            try await python(
                """
                id = wait_until(lambda: get_cron_job_ids('swift-hourly', redis))[0]
                [status_of(fetch_job(id), 'finished'), fetch_job(id).return_value()]
                """) == ["finished", ["'tick'"]])
        #expect(
            try await python(
                """
                scheduler = CronScheduler.fetch('swift-clock', redis)
                hourly, nightly = scheduler.get_jobs()
                [scheduler.config_file, scheduler.last_heartbeat is not None,
                 hourly.name, hourly.func_name, hourly.queue_name, hourly.interval, list(hourly.args),
                 hourly.next_enqueue_time.timestamp() % 3600, hourly.latest_enqueue_time is not None,
                 nightly.cron, nightly.next_enqueue_time.minute, nightly.latest_enqueue_time is None,
                 'swift-clock' in [s.name for s in CronScheduler.all(redis)]]
                """) == [
                    "Main.swift", true, "swift-hourly", "rqtasks.shown", "simple", 3600, ["tick"], 0.0, true,
                    "30 2 * * mon-fri", 30, true, true,
                ])
        running.cancel()
        try await running.value
        #expect(try await python("'swift-clock' in [s.name for s in CronScheduler.all(redis)]") == false)
    }

    @Test("A second Swift scheduler of the same entry enqueues no tick again", .timeLimit(.minutes(15)))
    func twice() async throws {
        let entry = try RQCronEntry(
            "swift-once", calling: "rqtasks.shown", EncodedArguments(args: [1]), in: "simple", every: .seconds(86_400))
        for name in ["first-clock", "second-clock"] {
            let running = Task { try await RQCron(store, [entry], name: name).run() }
            try await python("wait_until(lambda: redis.exists('rq:cron_scheduler:\(name)'))")
            try await python("wait_until(lambda: CronScheduler.fetch('\(name)', redis).last_heartbeat)")
            try await python("wait_until(lambda: get_cron_job_ids('swift-once', redis))")
            running.cancel()
            try await running.value
        }
        #expect(try await python("len(get_cron_job_ids('swift-once', redis))") == 1)
    }

    @Test("A Swift worker runs what Python's scheduler enqueues", .timeLimit(.minutes(15)))
    func fromPython() async throws {
        #expect(
            try await python(
                """
                def tick(): pass
                tick.__module__, tick.__name__, tick.__qualname__ = 'swift', 'add', 'add'
                clock = CronScheduler(connection=redis, name='python-clock')
                clock.register(tick, 'default', args=(40, 2), interval=3600)
                clock.enqueue_jobs()
                job = fetch_job(get_cron_job_ids('swift.add', redis)[0])
                [status_of(job, 'finished', 'failed'), job.return_value()]
                """) == ["finished", 42])
    }
}
