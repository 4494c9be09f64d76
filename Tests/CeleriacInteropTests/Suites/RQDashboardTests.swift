import Celeriac
import CeleriacCore
import Testing

extension Interop.RQ {
    /// rq-dashboard 0.9.0 as it is installed, asked over HTTP for Swift's workers and jobs.
    @Suite("rq-dashboard", .serialized)
    struct Dashboard: RQLive {}
}

extension Interop.RQ.Dashboard {
    @Test("pages and API", .timeLimit(.minutes(15)), arguments: checks)
    func shows(_ check: PythonCheck) async throws {
        try await expect(check)
    }

    @Test("a job that a Swift client enqueued is shown with its description", .timeLimit(.minutes(15)))
    func fromSwift() async throws {
        let sum = try await app.queue("default").enqueue(
            Signature<Int>("swift.add", EncodedArguments(args: [20, 22])))
        #expect(try await sum.get(timeout: limit) == 42)
        let seen = try await python(
            """
            told = json.loads(fetch('/0/data/job/\(sum.id).json'))
            [told['status'], told['description'], told['result']]
            """)
        #expect(seen == ["finished", "swift.add(20, 22)", 42])
    }

    static let checks: [PythonCheck] = [
        PythonCheck("the pages of queues, workers and jobs open", gives: [true, true, true]) {
            "['RQ' in fetch(page) for page in ('/0/view/queues', '/0/view/workers', '/0/view/jobs')]"
        },
        PythonCheck("the list of queues counts what waits, runs, has finished and failed") {
            """
            ended(jobs.enqueue('swift.add', 1, 1)), ended(jobs.enqueue('swift.fail'))
            told = next(q for q in json.loads(fetch('/0/data/queues.json'))['queues'] if q['name'] == 'default')
            told['count'] == 0 and told['finished_job_registry_count'] > 0 and told['failed_job_registry_count'] > 0 or told
            """
        },
        PythonCheck(
            "the list of workers shows the Swift worker with its queues and state",
            gives: [["default", "other", "mixed"], "idle"]
        ) {
            """
            def mine():
                workers = json.loads(fetch('/0/data/workers.json'))['workers']
                return next((w for w in workers if w['name'] == 'swift@test' and w['state'] == 'idle'), None)
            worker = wait_until(mine)
            [worker['queues'], worker['state']]
            """
        },
        PythonCheck("a worker is shown with the job that it runs") {
            """
            job, path = held(single)
            def mine():
                workers = json.loads(fetch('/0/data/workers.json'))['workers']
                return next((w for w in workers if w['name'] == 'single@test' and w['state'] == 'busy'), None)
            worker = wait_until(mine)
            open_gate(path)
            ended(job)
            'swift.hold' in json.dumps(worker) or worker
            """
        },
        PythonCheck("the finished jobs list one of Swift's with its result") {
            """
            job = ended(jobs.enqueue('swift.echo', 'seen on the dashboard'))
            told = json.loads(fetch('/0/data/jobs/default/finished/100/dsc/1.json'))
            mine = [one for one in told['jobs'] if one['id'] == job.id]
            len(mine) == 1 and 'seen on the dashboard' in json.dumps(mine) or told
            """
        },
        PythonCheck("a failed job's details show Swift's error") {
            """
            job = ended(jobs.enqueue('swift.fail', 'burnt on the dashboard'))
            told = json.loads(fetch(f'/0/data/job/{job.id}.json'))
            told['status'] == 'failed' and 'KitchenError: burnt on the dashboard' in told['exc_info'] or told
            """
        },
        PythonCheck("a job's page opens", gives: true) {
            """
            job = ended(jobs.enqueue('swift.add', 1, 1))
            job.id in fetch(f'/0/view/job/{job.id}')
            """
        },
        PythonCheck("its button requeues a failed job, and Swift runs it again", gives: 2) {
            """
            job = ended(jobs.enqueue('swift.stumble', scratch('dashboard'), 1))
            fetch(f'/job/{job.id}/requeue', data=b'')
            value(job)
            """
        },
    ]
}
