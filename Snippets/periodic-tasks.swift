import Celeriac
import CeleriacSQLite
import Logging
import ServiceLifecycle

@Task(queue: "reports")
func report(format: String) async throws -> Int {
    // snippet.tick
    // For which night it is, however late it runs.
    let night = TaskContext.current?.tick?.date
    // snippet.end
    print(format, night ?? "now")
    return 1
}

@Task func cleanUp() async throws {}

@main
struct PeriodicTasks {
    static func main() async throws {
        let app = try TaskApp("sqlite:///tasks.sqlite", schemes: [.sqlite])
        try declare(app)
        try await change(app)
        try await serve(app)
    }

    static func declare(_ app: TaskApp) throws {
        // snippet.declare
        try app.schedule(
            ScheduleEntry(
                "nightly report", .crontab("30 2 * * *", in: try Zone("Europe/Berlin")), $report(format: "pdf"),
                missed: .runOnce, overlap: .skip))
        try app.schedule(
            ScheduleEntry("clean up", .every(.minutes(10)), $cleanUp(), jitter: Jitter(upTo: .seconds(30))))
        // snippet.end
    }

    static func serve(_ app: TaskApp) async throws {
        // snippet.serve
        try await ServiceGroup(
            services: [Worker(app), Beat(app)],  // or: Worker(app, options: WorkerOptions(beat: BeatOptions()))
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "app")
        ).run()
        // snippet.end
    }

    static func change(_ app: TaskApp) async throws {
        // snippet.change
        let timetable = try app.timetable
        try await timetable.put(ScheduleEntry("invoices of 7", .crontab("0 6 1 * *"), $report(format: "csv")))
        try await timetable.pause("nightly report")
        try await timetable.resume("nightly report")
        try await timetable.runNow("nightly report")  // AsyncResult<JSONValue>
        for record in try await timetable.entries {
            print(record.name, record.state.runs, record.nextTicks(10, after: app.time.now))
        }
        try await timetable.remove("invoices of 7")
        // snippet.end
    }
}
