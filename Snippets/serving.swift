import Celeriac
import CeleriacSQLite
import Foundation
import GRDB
import Logging
import ServiceLifecycle

@Task
func greet(_ name: String) async throws -> String { "Hello, \(name)" }

@main
struct Serving {
    static func main() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "celeriac-snippet-\(TaskID.random())")
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(path: "app.sqlite").path
        let store = try SQLiteStore(path: path)
        let app = try TaskApp(
            Backend(store), options: AppOptions(middleware: [TaskMetricsMiddleware(), TaskTracingMiddleware()]))
        try await queues(app)
        try await transaction(app, store, path)
        try await service(app)
    }

    static func configured() throws -> TaskApp {
        // snippet.environment
        // CELERIAC_BROKER_URL=sqlite:////var/lib/app/tasks.sqlite?synchronous=full
        let app = try TaskApp(fallback: "sqlite:///tasks.sqlite", schemes: [.sqlite])
        // snippet.end
        return app
    }

    static func queues(_ app: TaskApp) async throws {
        // snippet.queues
        let queue = app.queue("emails")
        let job = try await queue.enqueue($greet("Ada"))
        try await queue.enqueue($greet("Bob"), in: .minutes(5))
        try await queue.enqueueMany(["Cy", "Di"].map { $greet($0) })

        print(try await queue.count, try await queue.position(of: job.id) ?? -1)
        print(try await queue.job(job.id)?.status as Any)  // queued
        // snippet.end
    }

    static func transaction(_ app: TaskApp, _ store: SQLiteStore, _ path: String) async throws {
        // snippet.transaction
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)  // other connections write too: wait for them
        let database = try DatabaseQueue(path: path, configuration: configuration)
        let welcome = try await app.prepare($greet("Ada"))
        try await database.write { db in
            try db.execute(sql: "CREATE TABLE IF NOT EXISTS users (name TEXT)")
            try db.execute(sql: "INSERT INTO users VALUES ('Ada')")
            try store.publish([welcome.publication], in: db)
        }
        print(try await welcome.result.state)  // PENDING: the user and the call are there, or neither
        // snippet.end
    }

    static func children(_ app: TaskApp) async throws -> WorkerOptions {
        // snippet.children
        let options = WorkerOptions(pool: .processes(count: 4, concurrencyPerChild: 8))
        if Worker.isChild { try await Worker(app, options: options).run() }  // serves the worker that started it
        // From here on only the first process: listen on the port, start the ServiceGroup …
        // snippet.end
        return options
    }

    static func service(_ app: TaskApp) async throws {
        // snippet.service
        let options = WorkerOptions(
            queues: .weighted(["celery": 3, "emails": 1]), concurrency: 32, shutdownLimit: .seconds(20),
            hooks: [
                { event in
                    if case .taskEnded(let context, let state, _) = event { print(context.task, state) }
                }
            ])
        let worker = Worker(app, options: options)
        let group = ServiceGroup(
            services: [worker], gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "app"))
        // snippet.end
        async let end: Void = group.run()
        try await app.time.sleep(for: .milliseconds(500))
        await group.triggerGracefulShutdown()
        try await end
    }
}
