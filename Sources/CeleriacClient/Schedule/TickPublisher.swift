package import Foundation
import Logging

/// Makes the calls of ticks, in the same way as every other call (middleware, routes, codec), and hands them to the
/// store in the step that records the tick.
package struct TickPublisher: Sendable {
    let app: TaskApp
    let store: any ScheduleStore
    private let taker: StepTaker

    package init(app: TaskApp, store: any ScheduleStore) {
        self.app = app
        self.store = store
        taker = StepTaker(backend: app.backend, store: store)
    }

    /// Publishes the calls that are due, or skips them if the last call is not over and the entry's overlap is `.skip`.
    ///
    /// - Returns: the entry's new state; `nil` if another beat was faster or the entry has changed, and nothing was
    ///   published.
    package func publish(
        _ due: DueTicks, of record: ScheduleRecord, at now: Date
    ) async throws -> ScheduleState? {
        let calls = try await ticksToRun(due.ticks, of: record).map { call(of: record.entry, at: $0, now: now) }
        return try await take(calls, through: due.last, dealt: due.dealt, of: record, at: now)?.state
    }

    /// Publishes one call now, whether or not a tick is due and even if the entry is paused.
    ///
    /// - Returns: the id of the call, or of the call that holds its unique key; `nil` if the entry has changed.
    func publishOutOfTurn(_ record: ScheduleRecord, at now: Date) async throws -> TaskID? {
        let id = TaskID.random()
        let call = call(of: record.entry, at: nil, now: now, id: id)
        guard let taken = try await take([call], through: nil, of: record, at: now) else { return nil }
        return taken.report.duplicates[id] ?? id
    }

    // MARK: Overlap

    /// Returns the ticks to publish. Missed ticks that are published together would overlap too, so the latest one
    /// stands for all.
    private func ticksToRun(_ ticks: [Date], of record: ScheduleRecord) async throws -> [Date] {
        guard record.entry.overlap == .skip, let latest = ticks.last else { return ticks }
        guard let id = record.state.lastCall else { return [latest] }
        let recorded = try await app.results?.record(of: id)
        guard try await isStanding(id, of: record, as: recorded) else { return [latest] }
        app.logger.debug(
            "a tick is skipped because the previous call has not ended",
            metadata: ["entry": "\(record.name)", "task_id": "\(id)"])
        return []
    }

    /// Whether the last call of an entry waits or runs.
    private func isStanding(
        _ id: TaskID, of record: ScheduleRecord, as recorded: TaskRecord?
    ) async throws -> Bool {
        if let recorded, recorded.state.isTerminal { return false }
        guard let broker = app.backend.scheduleBroker else {
            return try await isStandingElsewhere(id, of: record, as: recorded)
        }
        if try await broker.isStanding(id, of: record.name) { return true }
        // A Python worker's next attempt is a message that this store did not write, so it is searched for.
        guard recorded?.state == .retry, let inspector = app.backend.inspector else { return false }
        return try await inspector.message(of: id).map { $0.status != .dead } ?? false
    }

    // MARK: Calls

    /// - Parameter id: the id of a call outside the schedule; the id of a tick's call follows from the tick.
    private func call(of entry: ScheduleEntry, at tick: Date?, now: Date, id: TaskID? = nil) -> UnsentCall {
        var options = CallOptions(id: id, queue: entry.queue, route: entry.route, priority: entry.priority)
        options.timeLimit = entry.timeLimit
        options.softTimeLimit = entry.softTimeLimit
        options.ignoreResult = entry.ignoreResult
        options.headers = entry.headers
        var start = now
        if let date = tick {
            let tick = Tick(entry: entry.name, date: date)
            options.id = tick.taskID
            options.headers[Tick.header] = tick.json
            start = max(now, entry.jitter.date(of: tick))
            if start > now { options.eta = start }
        }
        options.expires = entry.expires.map { start.adding($0) }
        let task = app.publisher.tasks.options(of: entry.task) ?? TaskOptions()
        return UnsentCall(task: entry.task, arguments: entry.arguments, terms: CallTerms(options, over: task))
    }

    private func take(
        _ calls: [UnsentCall], through tick: Date?, dealt: DealtTicks? = nil, of record: ScheduleRecord, at now: Date
    ) async throws -> Taken? {
        let publisher = app.publisher
        try await publisher.declareTopology()
        let outgoing = try calls.map { try publisher.outgoing($0) }
        return try await publisher.wrapped(outgoing) {
            let publications = try await publisher.plan(outgoing)
            let step = ScheduleStep(of: record, through: tick, dealt: dealt, publishing: publications, at: now)
            guard let report = try await taker.take(step) else { return nil }
            await publisher.followUp(publications, report)
            return Taken(state: record.state.after(step, report), report: report)
        }
    }

    private struct Taken: Sendable {
        let state: ScheduleState
        let report: PublishReport
    }
}

extension Tick {
    /// The message header that names the tick of a call: `{"entry": "nightly", "tick": "2026-01-01T02:30:00+00:00"}`.
    package static let header = "x_beat"

    var json: JSONValue { ["entry": .string(entry), "tick": .string(ISODate.text(date))] }

    package init?(_ json: JSONValue?) {
        guard let entry = json?["entry"]?.stringValue, let text = json?["tick"]?.stringValue,
            let date = ISODate.parse(text)
        else { return nil }
        self.init(entry: entry, date: date)
    }
}
