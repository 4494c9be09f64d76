import CeleriacCore
import Testing

extension Interop.RQ.PythonCallsSwift {
    @Test("options", .timeLimit(.minutes(15)), arguments: options)
    func option(_ check: PythonCheck) async throws { try await expect(check) }

    static let options: [PythonCheck] = [
        PythonCheck("jobs run in their order, one at the front before them", gives: ["front", "one", "two"]) {
            """
            job, path = held(single)
            order = scratch('order')
            last = [single.enqueue('swift.note', order, word) for word in ('one', 'two')][-1]
            single.enqueue('swift.note', order, 'front', at_front=True)
            open_gate(path)
            ended(last)
            lines_of(order)
            """
        },
        PythonCheck("enqueue_in starts a job not before its time", gives: ["scheduled", true, 3]) {
            """
            sent = time.time()
            job = jobs.enqueue_in(timedelta(seconds=1), 'swift.add', 1, 2)
            before = status(job)
            ended(job)
            # RQ cuts the fraction of a due time.
            [before, job.started_at.timestamp() >= int(sent + 1), job.return_value()]
            """
        },
        PythonCheck("enqueue_at with a time long past runs at once", gives: 5) {
            """
            when = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
            value(jobs.enqueue_at(when, 'swift.add', 2, 3))
            """
        },
        PythonCheck("job_timeout ends a task that takes longer", gives: ["failed", true]) {
            """
            job = ended(jobs.enqueue('swift.hold', gate(), job_timeout=1))
            words = 'rq.timeouts.JobTimeoutException: Task exceeded maximum timeout value (1 seconds)'
            told = job.latest_result().exc_string
            [status(job), told.startswith('Traceback') and told.strip().endswith(words) or told]
            """
        },
        PythonCheck("a job_timeout of -1 is no limit", gives: [0, 0]) {
            """
            seen = call('swift.describe', job_timeout=-1)
            [int(seen['hard']), int(seen['soft'])]
            """
        },
        PythonCheck("a result lives 500 seconds unless its job says otherwise") {
            """
            job = ended(jobs.enqueue('swift.add', 1, 1))
            lives = [redis.ttl(job.key), redis.ttl(f'rq:results:{job.id}')]
            all(490 <= life <= 500 for life in lives) or lives
            """
        },
        PythonCheck("result_ttl=0 keeps nothing, not even the job", gives: 0) {
            """
            order = scratch('dropped')
            job = jobs.enqueue('swift.note', order, 'ran', result_ttl=0)
            wait_until(lambda: lines_of(order) and not redis.exists(job.key))
            redis.exists(f'rq:results:{job.id}', f'rq:executions:{job.id}')
            """
        },
        PythonCheck("result_ttl=-1 keeps job and result for ever", gives: [-1, -1, true]) {
            """
            job = ended(jobs.enqueue('swift.add', 1, 1, result_ttl=-1))
            score = redis.zscore('rq:finished:default', job.id)
            [redis.ttl(job.key), redis.ttl(f'rq:results:{job.id}'), score == float('inf')]
            """
        },
        PythonCheck("result_ttl=n expires job and result together") {
            """
            job = ended(jobs.enqueue('swift.add', 1, 1, result_ttl=300))
            ttls = [redis.ttl(job.key), redis.ttl(f'rq:results:{job.id}')]
            all(290 <= ttl <= 300 for ttl in ttls) or ttls
            """
        },
        PythonCheck("failure_ttl expires a failed job, and its place in the registry") {
            """
            job = ended(jobs.enqueue('swift.fail', failure_ttl=200))
            left = [redis.ttl(job.key), redis.zscore('rq:failed:default', job.id) - time.time()]
            all(190 <= seconds <= 200 for seconds in left) or left
            """
        },
        PythonCheck("a failed job without failure_ttl stays for a year") {
            """
            job = ended(jobs.enqueue('swift.fail'))
            31535000 < redis.ttl(job.key) <= 31536000
            """
        },
        PythonCheck("a job whose ttl ends in the queue never runs", gives: [[], false]) {
            """
            job, path = held(single)
            order = scratch('expired')
            late = single.enqueue('swift.note', order, 'late', ttl=1)
            wait_until(lambda: not redis.exists(late.key))
            last = single.enqueue('swift.add', 1, 1)
            open_gate(path)
            ended(last)
            [lines_of(order), Job.exists(late.id, redis)]
            """
        },
        PythonCheck("a job that starts within its ttl keeps its result beyond it") {
            """
            job = ended(jobs.enqueue('swift.add', 1, 1, ttl=2, result_ttl=400))
            redis.ttl(job.key) > 300 or redis.ttl(job.key)
            """
        },
        PythonCheck("retry=Retry(max) runs a job again at once, with one result in the end", gives: [3, 0, 1]) {
            """
            job = ended(jobs.enqueue('swift.stumble', scratch('stumble-1'), 2, retry=Retry(max=2)))
            [job.return_value(), job.retries_left, len(job.results())]
            """
        },
        PythonCheck("retry with intervals waits among the scheduled ones", gives: [["1"], 2]) {
            """
            # RQ cuts seconds: after an interval of one it may be due at once.
            job = jobs.enqueue('swift.stumble', scratch('stumble-2'), 1, retry=Retry(max=1, interval=[2]))
            status_of(job, 'scheduled')
            score = ScheduledJobRegistry(queue=jobs).get_scheduled_time(job).timestamp()
            ended(job)
            [[str(round(job.started_at.timestamp()) >= score and 1)], job.return_value()]
            """
        },
        PythonCheck("a job whose retries are used up fails, once", gives: ["failed", 0, 1, "3"]) {
            """
            path = scratch('stumble-3')
            job = ended(jobs.enqueue('swift.stumble', path, 9, retry=Retry(max=2)))
            [status(job), job.retries_left, len(job.results()), str(len(lines_of(path)))]
            """
        },
        PythonCheck("depends_on: the child starts when its parent has finished", gives: ["deferred", 3, true]) {
            """
            parent, path = held()
            child = jobs.enqueue('swift.add', 1, 2, depends_on=parent)
            before = status(child)
            open_gate(path)
            ended(child), parent.refresh()
            [before, child.return_value(), child.started_at >= parent.ended_at]
            """
        },
        PythonCheck("depends_on several: the child waits for the last of them", gives: ["deferred", 3]) {
            """
            (one, first), (two, second) = held(), held()
            child = jobs.enqueue('swift.add', 1, 2, depends_on=[one, two])
            open_gate(first)
            ended(one)
            between = status(child)
            open_gate(second)
            [between, value(child)]
            """
        },
        PythonCheck("the child of a failed parent stays deferred", gives: ["failed", "deferred"]) {
            """
            parent = jobs.enqueue_in(timedelta(seconds=1), 'swift.fail')
            child = jobs.enqueue('swift.add', 1, 2, depends_on=parent)
            [status(ended(parent)), status(child)]
            """
        },
        PythonCheck("allow_failure lets the child of a failed parent start", gives: ["failed", 3]) {
            """
            parent = jobs.enqueue('swift.fail')
            child = jobs.enqueue('swift.add', 1, 2, depends_on=Dependency(jobs=[parent], allow_failure=True))
            [status(ended(parent)), value(child)]
            """
        },
        PythonCheck(
            "a dependent in another queue comes into its own, at the front if it asked", gives: ["child", "other"]
        ) {
            """
            (parent, parents), (blocker, path) = held(), held(single)
            order = scratch('dependents')
            last = single.enqueue('swift.note', order, 'other')
            child = single.enqueue('swift.note', order, 'child', depends_on=Dependency(jobs=[parent], enqueue_at_front=True))
            open_gate(parents)
            status_of(child, 'queued')
            open_gate(path)
            ended(last)
            lines_of(order)
            """
        },
        PythonCheck("unique: a second job of an id that runs is refused to the producer", gives: "refused") {
            """
            job, path = held(job_id='only-one', unique=True)
            try:
                jobs.enqueue('swift.add', 1, 1, job_id='only-one', unique=True)
                told = 'taken'
            except DuplicateJobError:
                told = 'refused'
            open_gate(path)
            ended(job)
            told
            """
        },
        PythonCheck("a group's jobs run and are found by it", gives: [["grouped"], [2, 4]]) {
            """
            group = Group.create(connection=redis, name='kitchen')
            data = [Queue.prepare_data('swift.add', args=(n, n), job_id=f'grouped-{n}') for n in (1, 2)]
            group.enqueue_many(jobs, data)
            found = sorted(Group.fetch('kitchen', redis).get_jobs(), key=lambda job: job.id)
            [sorted({job.id.split('-')[0] for job in found}), [value(job) for job in found]]
            """
        },
        PythonCheck(
            "a rate limit lets so many run at once, and the next at the end of one",
            gives: ["rate_limited", 2, "finished"]
        ) {
            """
            limit = RateLimit('oven', 2)
            (one, first), (two, second) = held(rate_limit=limit), held(rate_limit=limit)
            third = jobs.enqueue('swift.add', 1, 1, rate_limit=limit)
            before, running = status(third), RateLimitRegistry('oven', redis).get_allowed_job_count()
            open_gate(first)
            after = status(ended(third))
            open_gate(second)
            ended(two)
            wait_until(lambda: RateLimitRegistry('oven', redis).get_allowed_job_count() == 0)
            [before, running, after]
            """
        },
        PythonCheck("repeat runs a job so often again, each with a result", gives: [3, 0]) {
            """
            path = scratch('repeats')
            job = jobs.enqueue('swift.note', path, 'again', repeat=Repeat(times=2))
            wait_until(lambda: len(lines_of(path)) == 3 and len(job.results()) == 3 and status(job) == 'finished')
            [len(lines_of(path)), int(field(job.id, 'repeats_left'))]
            """
        },
        PythonCheck("repeat with an interval waits among the scheduled ones", gives: ["scheduled", 2]) {
            """
            path = scratch('repeats-later')
            job = jobs.enqueue('swift.note', path, 'again', repeat=Repeat(times=1, interval=1))
            seen = status_of(job, 'scheduled')
            wait_until(lambda: len(lines_of(path)) == 2)
            [seen, len(lines_of(path))]
            """
        },
        PythonCheck("a description of one's own stays", gives: "make breakfast") {
            "ended(jobs.enqueue('swift.add', 1, 1, description='make breakfast')).description"
        },
        PythonCheck("callbacks and webhooks of a job stay in its hash", gives: ["swift.succeeded", true]) {
            """
            job = jobs.enqueue('swift.add', 1, 1, on_success=Callback('swift.succeeded'), webhooks=[Webhook('http://127.0.0.1:9/', job_status='finished')])
            ended(job)
            [field(job.id, 'success_callback_name'), '127.0.0.1:9' in (field(job.id, 'webhooks') or '')]
            """
        },
    ]
}
