import Celeriac

/// The result that Python receives as a `dict`.
struct Chart: Codable, Sendable, Hashable {
    var title: String
    var bars: [String]
}

/// The slow work behind `POST /charts`: draws a bar for each value, the longest one 20 characters long. Reports its
/// progress, which `GET /charts/<id>` shows.
///
/// It contains a bug on purpose, to show the effect of a crash: without values there is no largest one, and the `!`
/// traps. The trap ends the child process in which the task runs and fails this one job; the worker and its other jobs
/// continue.
@Task(name: "charts.draw", queue: "swift")
func drawChart(_ context: TaskContext, title: String, values: [Double]) async throws -> Chart {
    let largest = values.max()!
    var chart = Chart(title: title, bars: [])
    for (place, value) in values.enumerated() {
        try await context.progress(Double(place) / Double(values.count), "bar \(place + 1) of \(values.count)")
        try await context.app.time.sleep(for: .milliseconds(150))
        let share = largest > 0 ? max(0, value / largest) : 0
        chart.bars.append(String(repeating: "=", count: Int((share * 20).rounded())))
    }
    return chart
}
