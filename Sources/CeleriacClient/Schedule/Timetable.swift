import Foundation
import Synchronization

/// The beat's schedule in the broker or the result backend. You can read it, and change it while beats run.
///
/// ```swift
/// try await app.timetable.put(ScheduleEntry("invoices:7", .crontab("0 6 1 * *"), $invoice(customer: 7)))
/// try await app.timetable.pause("nightly")
/// let result = try await app.timetable.runNow("nightly")
/// ```
///
/// A change takes effect within the ``BeatOptions/maxInterval`` of the beats. You can change an entry that code
/// declares, too; the next beat of that program that starts restores the entry of the code, except for whether it is
/// paused.
public struct Timetable: Sendable {
    let app: TaskApp
    private let store: any ScheduleStore

    init(_ app: TaskApp) throws {
        self.app = app
        store = try app.backend.require(.schedule)
    }

    /// All entries with the state of each, sorted by name.
    public var entries: [ScheduleRecord] {
        get async throws { try await store.schedule().records }
    }

    /// - Returns: `nil` if there is no entry with that name.
    public func entry(_ name: String) async throws -> ScheduleRecord? { try await store.scheduleRecord(of: name) }

    /// Adds a dynamic entry, or replaces the entry with the same name.
    ///
    /// An entry with an unchanged schedule goes on where it was; a new schedule begins now.
    ///
    /// - Throws: `CeleriacError` with code `invalidName` or `invalidArguments`; `BrokerError`.
    public func put(_ entry: ScheduleEntry) async throws {
        var entry = entry
        entry.source = .dynamic
        try await store.put(entry)
    }

    /// - Returns: whether there was such an entry. Calls that it has published stay in their queue.
    @discardableResult
    public func remove(_ name: String) async throws -> Bool { try await store.removeEntry(name) }

    /// Pauses an entry: its ticks are skipped until it is resumed. Idempotent.
    ///
    /// - Returns: whether there is such an entry.
    @discardableResult
    public func pause(_ name: String) async throws -> Bool { try await store.setPaused(true, name) }

    /// Resumes an entry. Ticks of the pause count as missed: see `ScheduleEntry.missed`. Idempotent.
    ///
    /// - Returns: whether there is such an entry.
    @discardableResult
    public func resume(_ name: String) async throws -> Bool { try await store.setPaused(false, name) }

    /// Publishes one call of an entry now, even if the entry is paused or its last call still runs. The ticks of the
    /// entry do not change. No beat needs to run.
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
    /// - Throws: `CeleriacError` with code `unsupported` if neither of them keeps one.
    public var timetable: Timetable { get throws { try Timetable(self) } }

    /// Declares an entry of the schedule in code, in addition to ``AppOptions/schedule``. A beat of this app stores it
    /// when it starts.
    ///
    /// - Throws: `CeleriacError` with code `invalidSchedule` if an entry with that name is already declared;
    ///   `invalidName` or `invalidArguments` as for `ScheduleEntry.check()`.
    public func schedule(_ entry: ScheduleEntry) throws {
        try entry.check()
        try entries.withLock { entries in
            guard entries[entry.name] == nil else {
                throw CeleriacError(
                    .invalidSchedule,
                    "two entries of the schedule are named \"\(entry.name)\"; rename one")
            }
            entries[entry.name] = entry
        }
    }

    /// The entries that code has declared, sorted by name.
    package var declaredEntries: [ScheduleEntry] {
        entries.withLock { $0.values.sorted { $0.name < $1.name } }
    }
}
