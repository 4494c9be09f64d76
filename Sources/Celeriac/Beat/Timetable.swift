import Foundation
import Synchronization

/// The beat's schedule as the broker or the result backend keeps it: to look at, and to change while beats run.
///
/// ```swift
/// try await app.timetable.put(ScheduleEntry("invoices:7", .crontab("0 6 1 * *"), $invoice(customer: 7)))
/// try await app.timetable.pause("nightly")
/// let result = try await app.timetable.runNow("nightly")
/// ```
///
/// Beats heed a change within their ``BeatOptions/maxInterval``. An entry that code declares can be changed here too; a beat of
/// that program that starts makes it again what its code says, but for whether it is paused.
public struct Timetable: Sendable {
    let app: TaskApp
    private let store: any ScheduleStore

    init(_ app: TaskApp) throws {
        self.app = app
        store = try app.backend.require(.schedule)
    }

    /// All entries with how far each has come, by name.
    public var entries: [ScheduleRecord] {
        get async throws { try await store.schedule().records }
    }

    /// - Returns: `nil` where there is no entry of that name.
    public func entry(_ name: String) async throws -> ScheduleRecord? { try await store.scheduleRecord(of: name) }

    /// Adds a dynamic entry, or takes it in the place of the one of its name.
    ///
    /// With the same schedule as before it goes on where it was; another one begins now.
    ///
    /// - Throws: `CeleriacError` with code `invalidName` or `invalidArguments`; `BrokerError`.
    public func put(_ entry: ScheduleEntry) async throws {
        var entry = entry
        entry.source = .dynamic
        try await store.put(entry)
    }

    /// - Returns: whether there was such an entry. What it has published stays in its queue.
    @discardableResult
    public func remove(_ name: String) async throws -> Bool { try await store.removeEntry(name) }

    /// Leaves its ticks out until it is resumed. Idempotent.
    ///
    /// - Returns: whether there is such an entry.
    @discardableResult
    public func pause(_ name: String) async throws -> Bool { try await store.setPaused(true, name) }

    /// Lets it go on. What came meanwhile is missed: see `ScheduleEntry.missed`. Idempotent.
    ///
    /// - Returns: whether there is such an entry.
    @discardableResult
    public func resume(_ name: String) async throws -> Bool { try await store.setPaused(false, name) }

    /// Publishes a call of an entry now, out of turn: be it paused, and whether or not the last call is over. Its ticks come
    /// as before. No beat need run.
    ///
    /// - Throws: `CeleriacError` with code `unknownEntry`; `BrokerError`.
    @discardableResult
    public func runNow(_ name: String) async throws -> AsyncResult<JSONValue> {
        let publisher = TickPublisher(app: app, store: store)
        while let record = try await store.scheduleRecord(of: name) {
            if let id = try await publisher.publishOutOfTurn(record, at: app.time.now) { return app.result(of: id) }
            try Task.checkCancellation()
        }
        throw CeleriacError(.unknownEntry, "the schedule has no entry \"\(name)\"")
    }
}

extension TaskApp {
    /// The schedule that the broker or the result backend keeps.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if neither of the two keeps one.
    public var timetable: Timetable { get throws { try Timetable(self) } }

    /// Declares an entry of the schedule in code, beside ``AppOptions/schedule``. A beat of this app that starts puts it into
    /// the broker.
    ///
    /// - Throws: `CeleriacError` with code `invalidSchedule` if there is one of that name already; `invalidName` or
    ///   `invalidArguments` as `ScheduleEntry.check()` says.
    public func schedule(_ entry: ScheduleEntry) throws {
        try entry.check()
        try entries.withLock { entries in
            guard entries[entry.name] == nil else {
                throw CeleriacError(
                    .invalidSchedule,
                    "two entries of the schedule are named \"\(entry.name)\"; give one another name")
            }
            entries[entry.name] = entry
        }
    }

    /// What code has declared, by name.
    var declaredEntries: [ScheduleEntry] {
        entries.withLock { $0.values.sorted { $0.name < $1.name } }
    }
}
