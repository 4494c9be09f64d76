import Celeriac
import CeleriacRedis
import Logging
import ServiceLifecycle

// snippet.tasks
/// Under the name that Python calls: app.send_task("tasks.add", [2, 2])
@Task(name: "tasks.add", retry: .exponentialJitter(maxRetries: 5), rateLimit: "100/m")
func add(_ x: Int, _ y: Int) async throws -> Int { x + y }

@Task(name: "tasks.crawl", timeLimit: .minutes(5), softTimeLimit: .minutes(4))
func crawl(_ context: TaskContext, pages: Int) async throws -> Int {
    for page in 1...max(1, pages) {
        try await context.update(state: "PROGRESS", meta: ["page": page])
    }
    return pages
}
// snippet.end

@main
struct FromCelery {
    /// Needs a Redis server on this machine.
    static func main() async throws {
        let app = try open()
        try await calls(app)
        try await remote(app)
        try await watch(app)
        try await work(app)
    }

    static func open() throws -> TaskApp {
        // snippet.app
        let app = try TaskApp(
            "redis://localhost:6379/0", schemes: [.redis],
            options: AppOptions(routes: [TaskRoute("feed.*", to: "feeds")], resultExpiry: .hours(1))
        )
        app.makeDefault()
        // snippet.end
        return app
    }

    static func calls(_ app: TaskApp) async throws {
        // snippet.calls
        let sum = try await $add.delay(2, 2)  // AsyncResult<Int>
        try await $add.applyAsync(2, 2, options: CallOptions(countdown: .seconds(60), priority: .high))

        // The code is in Python: only the name is known.
        let mail = try await app.send("mail.send", args: ["ada@example.com"], kwargs: ["copies": 2])

        print(try await sum.get(timeout: .seconds(10)), mail.id)
        // snippet.end
    }

    static func remote(_ app: TaskApp) async throws {
        // snippet.remote
        for reply in try await app.inspect().active() {  // app.control.inspect().active()
            for call in try reply.get() { print(reply.node, call.task, call.id, call.args) }
        }
        let replies = try await app.control(to: ["w1@box"]).rateLimit("mail.send", "10/m")
        for reply in replies { print(reply.node, reply.value ?? "refused: \(reply.error?.message ?? "")") }

        try await app.result(of: "9c1f", as: Int.self).revoke(terminate: true)
        // snippet.end
    }

    static func watch(_ app: TaskApp) async throws {
        // snippet.events
        try await app.control().enableEvents()
        let events = try app.events()
        for try await event in events where event.kind == .taskFailed {
            print(event.node, event.taskID ?? "", event.fields["exception"] ?? "")
            if events.dropped > 0 { print("read too slowly: \(events.dropped) are missing") }
        }
        // snippet.end
    }

    static func work(_ app: TaskApp) async throws {
        let worker = Worker(app, options: WorkerOptions(queues: ["celery", "feeds"], concurrency: 8))
        try await ServiceGroup(
            services: [worker], gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "app")
        ).run()
    }
}
