import Celeriac

/// The result that Python receives as a `dict`.
struct Report: Codable, Sendable, Hashable {
    var title: String
    var pages: Int
    var lines: [String]
}

/// The slow work behind `POST /reports`. Reports its progress, which `GET /reports/<id>` shows.
@Task(name: "reports.make", queue: "swift")
func makeReport(_ context: TaskContext, title: String, pages: Int = 5) async throws -> Report {
    var report = Report(title: title, pages: pages, lines: [])
    guard pages > 0 else { return report }
    for page in 1...pages {
        try await context.progress(Double(page - 1) / Double(pages), "page \(page) of \(pages)")
        try await context.app.time.sleep(for: .milliseconds(150))
        report.lines.append("\(title), page \(page)")
    }
    return report
}
