import Celeriac

/// What Python gets as a `dict`.
struct Chart: Codable, Sendable, Hashable {
    var title: String
    var bars: [String]
}

/// The slow work behind `POST /charts`: a bar for each value, the longest of 20 characters. Says how far it is, which
/// `GET /charts/<id>` shows.
///
/// It has a bug, left in to show what becomes of one: of no values there is no largest, and the `!` traps. That ends the child
/// process in which the task runs, and fails this one job; the worker and what else it runs go on.
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
