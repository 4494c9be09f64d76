import CeleriacCore
import Testing

extension Interop.RQ.PythonCallsSwift {
    // MARK: Callbacks

    @Test("callbacks", .timeLimit(.minutes(15)), arguments: callbacks)
    func callbacks(_ check: PythonCheck) async throws { try await expect(check) }

    static let callbacks: [PythonCheck] = [
        PythonCheck("on_success runs a Swift task with id and result", gives: ["finished", 5, ["succeeded ID 5"]]) {
            """
            job = ended(jobs.enqueue(
                'swift.add', 2, 3, on_success=Callback('swift.succeeded'), on_failure=Callback('swift.failed')))
            [status(job), job.return_value(), told_of(job)]
            """
        },
        PythonCheck("on_failure runs after each attempt that fails", gives: ["failed", 2, true]) {
            """
            job = ended(jobs.enqueue('swift.fail', 'no eggs', retry=Retry(max=1), on_failure=Callback('swift.failed')))
            told = told_of(job)
            [status(job), len(told), all(line.startswith('failed ID ') and 'no eggs' in line for line in told) or told]
            """
        },
        PythonCheck(
            "an on_failure that takes more learns type, value and traceback, as RQ's does",
            gives: [["failed ID InteropWorker.KitchenError no eggs True"]]
        ) {
            """
            job = ended(jobs.enqueue('swift.fail', 'no eggs', on_failure=Callback('swift.failed_in_parts')))
            [told_of(job)]
            """
        },
        PythonCheck(
            "an on_success that fails makes the job fail, and on_failure hears of it", gives: ["failed", true, 1]
        ) {
            """
            job = ended(jobs.enqueue(
                'swift.add', 2, 3, on_success=Callback('swift.stopped'), on_failure=Callback('swift.failed')))
            [status(job), 'TypeError' in reason(job) or reason(job), len(told_of(job))]
            """
        },
        PythonCheck("a callback that no Swift task bears the name of fails the job, by name", gives: ["failed", true]) {
            """
            job = ended(jobs.enqueue('swift.add', 2, 3, on_success=Callback('rqtasks.succeeded')))
            [status(job), 'rqtasks.succeeded' in reason(job) or reason(job)]
            """
        },
        PythonCheck("on_stopped runs when the job is stopped", gives: ["stopped", ["stopped ID"]]) {
            """
            job, path = held(on_stopped=Callback('swift.stopped'))
            send_stop_job_command(redis, job.id)
            ended(job)
            [status(job), told_of(job)]
            """
        },
    ]

    // MARK: Retries that the task asks for

    @Test("returned retries", .timeLimit(.minutes(15)), arguments: retries)
    func retries(_ check: PythonCheck) async throws { try await expect(check) }

    static let retries: [PythonCheck] = [
        PythonCheck(
            "a task that asks to run again is counted in number_of_retries, with an entry for each",
            gives: [3, 2, ["SUCCESSFUL", "RETRIED", "RETRIED"]]
        ) {
            """
            job = ended(jobs.enqueue('swift.retry_in', seconds=0.0, failures=2))
            [job.return_value(), job.number_of_retries, [entry.type.name for entry in job.results()]]
            """
        },
        PythonCheck(
            "one that asks too often has failed, and its last entry says so",
            gives: ["failed", 3, "MAX_RETRIES_EXCEEDED", true]
        ) {
            """
            job = ended(jobs.enqueue('swift.retry_in', seconds=0.0, failures=9))
            kinds = [entry.type.name for entry in job.results()]
            [status(job), job.number_of_retries, kinds[0], kinds[1:] == ['RETRIED'] * 3 or kinds]
            """
        },
    ]

    // MARK: Webhooks

    @Test("webhooks", .timeLimit(.minutes(15)), arguments: webhooks)
    func webhooks(_ check: PythonCheck) async throws { try await expect(check) }

    static let webhooks: [PythonCheck] = [
        PythonCheck(
            "a webhook by POST is told what RQ's worker tells it, with the headers asked for",
            gives: ["POST", "/ok?a=1", "1", true, "finished", "swift.add", true]
        ) {
            """
            url, requests = sink()
            job = jobs.enqueue('swift.add', 2, 3, webhooks=[
                Webhook(url + '/ok?a=1', 'finished', method='POST', headers={'X-A': '1'}),
                Webhook(url + '/bad', 'failed', method='POST')])
            method, path, headers, body = wait_until(lambda: requests and requests[0])
            told = json.loads(body)
            [method, path, headers['X-A'], told['job_id'] == job.id, told['status'], told['func_name'], len(requests) == 1]
            """
        },
        PythonCheck("a job that fails for good tells its traceback", gives: ["/bad", "failed", true]) {
            """
            url, requests = sink()
            job = jobs.enqueue('swift.fail', 'no eggs', retry=Retry(max=1), webhooks=[
                Webhook(url + '/bad', 'failed', method='POST'), Webhook(url + '/ok', 'finished')])
            method, path, headers, body = wait_until(lambda: requests and requests[0])
            told = json.loads(body)
            [path, told['status'], 'no eggs' in told['exc_info']]
            """
        },
        PythonCheck("a webhook that leads nowhere does not harm its job", gives: 5) {
            "value(jobs.enqueue('swift.add', 2, 3, webhooks=[Webhook('http://127.0.0.1:1/', 'finished')]))"
        },
    ]

    // MARK: Ends of workers

    @Test(
        "send_kill_horse_command ends what runs; it fails or is tried again as it asked, and the worker goes on",
        .timeLimit(.minutes(15)), arguments: [["--pool", "in-process"], ["--pool", "processes"]])
    func killHorse(pool: [String]) async throws {
        let name = pool[1].replacing("-", with: "")
        let worker = try await fleet.swiftWorker(name, queues: [name], pool: pool)
        defer { worker.process.kill() }
        let seen = try await python(
            """
            q = queue('\(name)')
            shared.gates = [gate(), gate()]
            lone = q.enqueue('swift.tell', 'runs', gate=shared.gates[0])
            again = q.enqueue('swift.tell', 'runs', gate=shared.gates[1], retry=Retry(max=1))
            for job in (lone, again):
                wait_until(lambda: job.get_meta().get('told'))
            send_kill_horse_command(redis, '\(name)@test')
            status_of(lone, 'failed')
            open_gate(shared.gates[1])
            ['Work-horse terminated unexpectedly' in reason(lone), value(again), call('swift.add', 1, 1, queue=q)]
            """)
        #expect(seen == [true, "runs", 2], "\(worker.process.log)")
    }

    @Test("a worker with --max-idle ends when nothing comes, and leaves RQ's lists", .timeLimit(.minutes(15)))
    func maxIdle() async throws {
        let worker = try await fleet.swiftWorker(
            "idling", queues: ["idle", "idler"], arguments: ["--max-idle", "1s", "--strategy", "round-robin"])
        defer { worker.process.kill() }
        try await worker.process.waitUntilGone()
        #expect(try await python("redis.hexists('rq:worker:idling@test', 'death')") == true, "\(worker.process.log)")
    }
}
