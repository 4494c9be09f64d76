import Celeriac

/// The summary of a finished report.
struct Report: Codable, Sendable {
    let pages: Int
    let words: Int
}

/// Makes a long report, and reports its progress after each page.
@Task(name: "signup.make_report")
func makeReport(_ context: TaskContext, pages: Int) async throws -> Report {
    var words = 0
    for page in 1...max(1, pages) {
        words += try await write(page, context.app.time)
        try await context.progress(Double(page) / Double(pages), "page \(page) of \(pages)")
    }
    return Report(pages: pages, words: words)
}

/// Takes the place of the slow part of a real report.
private func write(_ page: Int, _ time: any TimeSource) async throws -> Int {
    try await time.sleep(for: .milliseconds(250))
    return 200 + page * 7 % 50
}
