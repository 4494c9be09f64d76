import CeleriacCore
import Foundation
import Testing

extension Interop.RQ.PythonCallsSwift {
    @Test("states and results", .timeLimit(.minutes(15)), arguments: states)
    func state(_ check: PythonCheck) async throws { try await expect(check) }

    static let states: [PythonCheck] = [
        PythonCheck("status, is_finished and the times of a job that succeeded", gives: ["finished", true, true, true])
        {
            """
            job = ended(jobs.enqueue('swift.add', 1, 1))
            [status(job), job.is_finished, job.created_at <= job.enqueued_at <= job.started_at <= job.ended_at,
             abs(job.ended_at.timestamp() - time.time()) < 30]
            """
        },
        PythonCheck("a job that runs is started, by the worker that runs it", gives: ["started", "swift@test", true]) {
            """
            job, path = held()
            job.refresh()
            seen = [status(job), job.worker_name, job.id in StartedJobRegistry(queue=jobs).get_job_ids()]
            open_gate(path)
            ended(job)
            seen
            """
        },
        PythonCheck("an execution that runs is listed, and gone afterwards", gives: [1, true, 0]) {
            """
            job, path = held()
            executions = job.get_executions()
            beat = time.time() - executions[0].last_heartbeat.timestamp() < 60
            open_gate(path)
            ended(job)
            [len(executions), beat, len(job.get_executions())]
            """
        },
        PythonCheck(
            "latest_result() tells type, value, worker, execution and times",
            gives: ["SUCCESSFUL", 7, "swift@test", true, true]
        ) {
            """
            came = result(ended(jobs.enqueue('swift.add', 3, 4)))
            [came.type.name, came.return_value, came.worker_name, len(came.execution_id) == 32,
             came.execution_started_at <= came.execution_ended_at]
            """
        },
        PythonCheck("latest_result(timeout) wakes who waits for it", gives: 8) {
            """
            job, path = held()
            later = jobs.enqueue('swift.add', 4, 4, depends_on=job)
            open_gate(path)
            later.latest_result(timeout=20).return_value
            """
        },
        PythonCheck("a finished job is in the finished registry, with the time at which it goes") {
            """
            job = ended(jobs.enqueue('swift.add', 1, 1, result_ttl=100))
            left = redis.zscore('rq:finished:default', job.id) - time.time()
            job.id in FinishedJobRegistry(queue=jobs).get_job_ids() and 90 <= left <= 101 or left
            """
        },
        PythonCheck(
            "a failure is failed, with Swift's type and words as exc_info",
            gives: ["failed", true, "InteropWorker.KitchenError: no more eggs"]
        ) {
            """
            job = ended(jobs.enqueue('swift.fail'))
            [status(job), job.is_failed, job.exc_info.strip().splitlines()[-1]]
            """
        },
        PythonCheck(
            "latest_result() of a failure tells its type and text, and no value",
            gives: ["FAILED", "InteropWorker.KitchenError: burnt", nil]
        ) {
            """
            job = ended(jobs.enqueue('swift.fail', 'burnt'))
            came = job.latest_result()
            [came.type.name, came.exc_string.strip().splitlines()[-1], job.return_value()]
            """
        },
        PythonCheck("a failed job is in the failed registry alone", gives: [true, false, false]) {
            """
            job = ended(jobs.enqueue('swift.fail'))
            [job.id in FailedJobRegistry(queue=jobs).get_job_ids(), job.id in FinishedJobRegistry(queue=jobs).get_job_ids(),
             job.id in StartedJobRegistry(queue=jobs).get_job_ids()]
            """
        },
        PythonCheck(
            "job.requeue() runs a failed job again, out of the failed registry", gives: ["failed", 2, false, 2]
        ) {
            """
            job = ended(jobs.enqueue('swift.stumble', scratch('requeued'), 1))
            before = status(job)
            job.requeue()
            ended(job)
            [before, job.return_value(), job.id in FailedJobRegistry(queue=jobs).get_job_ids(), len(job.results())]
            """
        },
        PythonCheck("rq requeue of the shell does so too", gives: 2) {
            """
            job = ended(jobs.enqueue('swift.stumble', scratch('requeued-by-shell'), 1))
            rq('requeue', '--queue', 'default', job.id)
            value(job)
            """
        },
        PythonCheck("job.cancel() keeps one that waits from running", gives: ["canceled", true, []]) {
            """
            blocker, path = held(single)
            order = scratch('canceled')
            job = single.enqueue('swift.note', order, 'ran')
            job.cancel()
            last = single.enqueue('swift.add', 1, 1)
            open_gate(path)
            ended(last)
            [status(job), job.id in CanceledJobRegistry(queue=single).get_job_ids(), lines_of(order)]
            """
        },
        PythonCheck("a canceled job that is requeued runs", gives: 2) {
            """
            job = jobs.enqueue_in(timedelta(seconds=600), 'swift.add', 1, 1)
            job.cancel()
            jobs.enqueue_job(job)
            value(job)
            """
        },
        PythonCheck("job.delete() takes one that waits out of everything", gives: [[], false]) {
            """
            blocker, path = held(single)
            order = scratch('deleted')
            job = single.enqueue('swift.note', order, 'ran')
            job.delete()
            last = single.enqueue('swift.add', 1, 1)
            open_gate(path)
            ended(last)
            [lines_of(order), Job.exists(job.id, redis)]
            """
        },
        PythonCheck("metadata that a task leaves is read while it runs", gives: "half way") {
            """
            path = gate()
            job = jobs.enqueue('swift.tell', 'half way', gate=path)
            told = wait_until(lambda: job.get_meta().get('told'))
            open_gate(path)
            ended(job)
            told
            """
        },
        PythonCheck("metadata of the producer is there when the job has ended", gives: ["user": "Ada"]) {
            "ended(jobs.enqueue('swift.add', 1, 1, meta={'user': 'Ada'})).get_meta()"
        },
        PythonCheck("queues are empty and nothing is left as started when all has ended", gives: [0, 0, 0]) {
            """
            ended(jobs.enqueue('swift.add', 1, 1))
            wait_until(lambda: StartedJobRegistry(queue=jobs).count == 0)
            [jobs.count, len(StartedJobRegistry(queue=jobs).get_job_ids()), redis.llen('rq:queue:default:intermediate')]
            """
        },
    ]

    // MARK: Workers and commands

    @Test("workers and commands", .timeLimit(.minutes(15)), arguments: workers)
    func worker(_ check: PythonCheck) async throws { try await expect(check) }

    static let workers: [PythonCheck] = [
        PythonCheck(
            "Worker.all lists the Swift workers with queues, host and pid",
            gives: [["default", "other", "mixed"], true, true]
        ) {
            """
            worker = next(w for w in Worker.all(connection=redis) if w.name == 'swift@test')
            [worker.queue_names(), bool(worker.hostname), worker.pid > 1]
            """
        },
        PythonCheck("Worker.all of a queue lists those that serve it", gives: ["single@test"]) {
            "[w.name for w in Worker.all(queue=single)]"
        },
        PythonCheck("a worker is idle, busy with its job, and idle again", gives: ["idle", "busy", true, "idle"]) {
            """
            def worker():
                return next(w for w in Worker.all(connection=redis) if w.name == 'single@test')
            before = wait_until(lambda: worker().get_state() == 'idle' and 'idle')
            job, path = held(single)
            busy = wait_until(lambda: worker().get_state() == 'busy' and 'busy')
            mine = worker().get_current_job_id() == job.id
            open_gate(path)
            [before, busy, mine, wait_until(lambda: worker().get_state() == 'idle' and 'idle')]
            """
        },
        PythonCheck("a worker is idle with the end of its job, not with its next beat", gives: ["busy", "idle"]) {
            """
            def state():
                return redis.hget('rq:worker:single@test', 'state').decode()
            job, path = held(single)
            # Kept from beating for a while: what changes the state now is the end alone.
            beat = redis.hget('rq:worker:single@test', 'last_heartbeat')
            wait_until(lambda: redis.hget('rq:worker:single@test', 'last_heartbeat') != beat)
            before = state()
            open_gate(path)
            ended(job)
            [before, state()]
            """
        },
        PythonCheck("a task uses the worker's own connection, as with get_current_connection()", gives: [1, 2, "2"]) {
            """
            seen = [call('swift.visit', 'visits:live'), call('swift.visit', 'visits:live')]
            seen + [redis.get('visits:live').decode()]
            """
        },
        PythonCheck("a worker counts its successes, failures and working time", gives: [1, 1, true]) {
            """
            def counts():
                worker = next(w for w in Worker.all(connection=redis) if w.name == 'single@test')
                return worker.successful_job_count, worker.failed_job_count, worker.total_working_time
            before = counts()
            ended(single.enqueue('swift.add', 1, 1)), ended(single.enqueue('swift.fail'))
            after = counts()
            [after[0] - before[0], after[1] - before[1], after[2] >= before[2]]
            """
        },
        PythonCheck("rq info shows queues, counts and the Swift worker") {
            """
            told = rq('info')
            line = next((line for line in told.splitlines() if line.startswith('swift@test')), told)
            ('default' in told and ': idle default, other, mixed. jobs: ' in line and 'finished' in line) or told
            """
        },
        PythonCheck(
            "stop-job cancels a running task for good",
            gives: ["stopped", true, "Job stopped by user, work-horse terminated.", true]
        ) {
            """
            job, path = held(retry=Retry(max=3))
            send_stop_job_command(redis, job.id)
            ended(job)
            [status(job), job.is_stopped, reason(job), job.id in FailedJobRegistry(queue=jobs).get_job_ids()]
            """
        },
        PythonCheck("stop-execution cancels the execution that it names", gives: "stopped") {
            """
            job, path = held()
            send_stop_execution_command(redis, job.id, job.get_executions()[0].id)
            status(ended(job))
            """
        },
        PythonCheck(
            "rq suspend pauses Swift's workers, and rq resume lets them go on", gives: ["queued", "suspended", 2]
        ) {
            """
            rq('suspend')
            def worker():
                return next(w for w in Worker.all(connection=redis) if w.name == 'swift@test')
            job = jobs.enqueue('swift.add', 1, 1)
            state = wait_until(lambda: worker().get_state() == 'suspended' and 'suspended')
            before = status(job)
            rq('resume')
            [before, state, value(job)]
            """
        },
    ]

    @Test("send_shutdown_command ends a worker once its task has", .timeLimit(.minutes(15)))
    func shutdown() async throws {
        let worker = try await fleet.swiftWorker("leaving", queues: ["leaving"])
        defer { worker.process.kill() }
        try await python(
            """
            shared.gate = gate()
            shared.job = queue('leaving').enqueue('swift.tell', 'running', gate=shared.gate)
            # Not its status alone, which says that it is claimed: such a one is given back.
            wait_until(lambda: shared.job.get_meta().get('told'))
            send_shutdown_command(redis, 'leaving@test')
            wait_until(lambda: redis.hget('rq:worker:leaving@test', 'shutdown_requested_date'))
            open_gate(shared.gate)
            """)
        try await worker.process.waitUntilGone()
        let seen = try await python(
            "[shared.job.return_value(), [w.name for w in Worker.all(connection=redis) if w.name == 'leaving@test']]")
        #expect(seen == ["running", []], "\(worker.process.log)")
    }

    @Test("a worker that ends on SIGTERM leaves RQ's lists at once", .timeLimit(.minutes(15)))
    func termination() async throws {
        let worker = try await fleet.swiftWorker("ending", queues: ["ending"])
        try await python("wait_until(lambda: 'ending@test' in [w.name for w in Worker.all(connection=redis)])")
        worker.process.send(SIGTERM)
        try await worker.process.waitUntilGone()
        #expect(try await python("[w.name for w in Worker.all(connection=redis) if w.name == 'ending@test']") == [])
        #expect(try await python("redis.hexists('rq:worker:ending@test', 'death')") == true)
    }

    @Test("what a killed worker ran is run again by another, its delivery counted", .timeLimit(.minutes(15)))
    func death() async throws {
        let victim = try await fleet.swiftWorker("victim", queues: ["deadly"], lease: .seconds(1))
        let gate = scratch.gate()
        try await python(
            """
            shared.job = queue('deadly').enqueue('crash.hold', '\(gate.path)')
            status_of(shared.job, 'started')
            wait_until(lambda: 'hold' in lines_of(scratch('journal')))
            """)
        victim.process.kill()
        let heir = try await fleet.swiftWorker("heir", queues: ["deadly"], lease: .seconds(1))
        defer { heir.process.kill() }
        try Gate(path: gate.path + ".2").open()
        #expect(try await python("[value(shared.job), shared.job.worker_name]") == [2, "heir@test"])
    }
}
