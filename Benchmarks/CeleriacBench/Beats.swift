import Celeriac
import Foundation

/// What one beat costs that has ten thousand entries: while they rest, and when all of them are due at one instant.
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

    /// - Returns: the name of the one that is written last.
    @discardableResult
    private func declare(_ schedule: Schedule, in app: TaskApp) throws -> String {
        for number in 0..<Self.count {
            try app.schedule(ScheduleEntry("entry \(10_000 + number)", schedule, $nothing(number)))
        }
        return "entry \(10_000 + Self.count - 1)"
    }

    /// CLOCKS_PER_SEC is a million (POSIX).
    private static var processorSeconds: Double { Double(clock()) / 1e6 }
}
