import Celeriac
import Foundation

/// Measures a beat with ten thousand entries: its cost while none is due, and its speed when all are due at one
/// instant.
struct Beats {
    let contestant: Contestant

    private static let count = 10_000

    func run(into table: inout Table) async throws {
        try await rest(&table)
        try await rush(&table)
    }

    private func rest(_ table: inout Table) async throws {
        let app = try await contestant.open().app
        let last = try declare(.every(.days(1)), in: app)
        let clock = SystemClockSeconds()
        let beat = Task { try await Beat(app).run() }
        while try await app.timetable.entry(last) == nil { try await SystemTime().sleep(for: .milliseconds(1)) }
        table.set("beat, 10,000 entries: declared in", "ms", contestant.name, clock.passed * 1000)
        try await SystemTime().sleep(for: .seconds(3))
        let before = Self.processorSeconds
        try await SystemTime().sleep(for: .seconds(contestant.scale.idleSeconds))
        let used = Self.processorSeconds - before
        table.set(
            "the same at rest", "% of a core", contestant.name, 100 * used / Double(contestant.scale.idleSeconds))
        beat.cancel()
        try await beat.value
    }

    private func rush(_ table: inout Table) async throws {
        let app = try await contestant.open().app
        let instant = SystemTime().now.addingTimeInterval(5)
        try declare(.once(at: instant), in: app)
        let beat = Task { try await Beat(app).run() }
        while try await app.queue(.default).count < Self.count {
            try await SystemTime().sleep(for: .milliseconds(5))
        }
        let passed = SystemTime().now.timeIntervalSince(instant)
        table.set("all of them due at once", "/s", contestant.name, Double(Self.count) / passed)
        beat.cancel()
        try await beat.value
    }

    /// - Returns: the name of the entry that is stored last.
    @discardableResult
    private func declare(_ schedule: Schedule, in app: TaskApp) throws -> String {
        for number in 0..<Self.count {
            try app.schedule(ScheduleEntry("entry \(10_000 + number)", schedule, $nothing(number)))
        }
        return "entry \(10_000 + Self.count - 1)"
    }

    /// Divides by CLOCKS_PER_SEC, which is a million (POSIX).
    private static var processorSeconds: Double { Double(clock()) / 1e6 }
}
