import Celeriac
import CeleriacCLI
import CeleriacRQ

@main
struct Main {
    static func main() async {
        await CeleriacCommand.main(name: "words") { logger in
            try TaskApp(fallback: "rq://localhost", schemes: [.rq], logger: logger)
        }
    }
}

// snippet.tasks
// def count_words(text, language="en"): return len(text.split())
@Task(name: "tasks.count_words")
func count(_ text: String, language: String = "en") async throws -> Int { text.split(separator: " ").count }

// def report(job, connection, result): print(job.id, result)
@Task(name: "tasks.report")
func report(_ id: String, _ words: Int) async { print(id, words) }

// def alarm(job, connection, type, value, traceback): print(job.id, value)
@Task(name: "tasks.alarm")
func alarm(_ id: String, _ error: String) async { print(id, error) }
// snippet.end

// snippet.enqueue
func enqueue(_ app: TaskApp, _ text: String) async throws {
    // q = Queue("words", connection=Redis())
    let q = app.queue("words")
    // fetch = q.enqueue("tasks.fetch", "https://swift.org", job_timeout=30)
    let fetch = try await q.enqueue("tasks.fetch", args: ["https://swift.org"], timeout: .seconds(30))
    // q.enqueue_in(timedelta(minutes=5), count_words, text)
    try await q.enqueue($count(text), in: .minutes(5))
    // q.enqueue(count_words, text, depends_on=fetch, retry=Retry(max=3, interval=[10, 30]), on_success=report, at_front=True)
    try await q.enqueue(
        $count(text), dependsOn: [fetch], retry: JobRetry(max: 3, intervals: [.seconds(10), .seconds(30)]),
        onSuccess: $report, atFront: true)
    // q.enqueue(count_words, text, depends_on=Dependency(jobs=[fetch], allow_failure=True))
    try await q.enqueue($count(text), dependsOn: JobDependencies([fetch], allowFailure: true))
    // q.enqueue(count_words, text, repeat=Repeat(times=2, interval=60), on_failure=Callback(alarm, timeout=10))
    try await q.enqueue(
        $count(text), repeat: JobRepeat(times: 2, interval: .minutes(1)),
        onFailure: JobCallback($alarm, timeout: .seconds(10)))
    // q.enqueue(count_words, text, job_id="only", unique=True, rate_limit=RateLimit("words", 2), meta={"user": 7})
    try await q.enqueue(
        $count(text), id: "only", unique: true, rateLimit: JobRateLimit(key: "words", concurrency: 2), meta: ["user": 7]
    )
    // q.enqueue(count_words, text, result_ttl=-1, failure_ttl=86400, webhooks=[Webhook("https://…", "failed", method="POST")])
    try await q.enqueue(
        $count(text), webhooks: [JobWebhook("https://localhost/failed", on: .failed, method: .post)],
        resultTTL: .forever, failureTTL: .days(1))
    // q.enqueue_many([Queue.prepare_data(count_words, (line,), group_id="lines") for line in text.splitlines()])
    try await q.enqueueMany(text.split(separator: "\n").map { $count(String($0)) }, job: JobOptions(group: "lines"))
}
// snippet.end

// snippet.jobs
func look(_ app: TaskApp, _ id: TaskID) async throws {
    // job = Job.fetch(id, connection=redis)
    guard let job = try await app.job(id) else { return }
    // job.get_status(), job.return_value(), job.latest_result(), job.results()
    print(try await job.status ?? .created, try await job.result(as: Int.self) ?? 0)
    print(try await job.latestResult?.exceptionText ?? "", try await job.results.count)
    // job.refresh(); job.func_name, job.worker_name, job.retries_left, job.dependent_ids
    let seen = try await job.refresh()
    print(seen.task ?? "?", seen.worker ?? "?", seen.retriesLeft ?? 0, seen.dependentIDs)
    // job.meta["step"] = 2; job.save_meta()
    try await job.saveMeta(["step": 2])
    // job.cancel(enqueue_dependents=True); job.requeue(at_front=True); job.delete(delete_dependents=True)
    try await job.cancel(enqueueDependents: true)
    try await job.requeue(atFront: true)
    try await job.delete(deleteDependents: true)
}
// snippet.end

// snippet.registries
func tidy(_ app: TaskApp) async throws {
    let q = app.queue("words")
    // registry = q.failed_job_registry; len(registry); [registry.requeue(id) for id in registry.get_job_ids()]
    print(try await q.failed.count)
    for try await job in q.failed.jobs { try await q.failed.requeue(job) }
    // id in q.finished_job_registry; q.scheduled_job_registry.get_scheduled_time(id); q.started_job_registry.get_job_ids()
    let id: TaskID = "only"
    print(
        try await q.finished.contains(id), try await q.scheduled.scheduledTime(of: id) as Any,
        try await q.started.ids().items
    )
    // q.deferred_job_registry.remove(id, delete_job=True); q.delete(delete_jobs=True)
    try await q.deferred.remove(id, deleteJob: true)
    try await q.delete(deleteJobs: true)
}
// snippet.end
