import Foundation
import Logging

/// One run of a beat.
///
/// ```
/// declare -> refresh -> take what is due -> sleep until the next tick, or the next look for changes
///               ^                              |
///               '------------------------------'
/// ```
///
/// The remembered entries are only a guess of when to look. The store decides whether a tick must still be published,
/// in the step that publishes it.
struct BeatSession: Sendable {
    let app: TaskApp
    let options: BeatOptions
    private let store: any ScheduleStore
    private let publisher: TickPublisher
    private let clockNotice = ClockNotice()

    /// The number of entries that are handled at once.
    private static let concurrency = 64
    /// How often a step is decided again because another beat was faster.
    private static let mostAttempts = 10
    /// The longest pause before an entry whose call was refused is tried again.
    private static let retry = Duration.minutes(1)

    /// - Throws: `CeleriacError` with code `unsupported` if neither store of the app keeps a schedule.
    init(_ app: TaskApp, _ options: BeatOptions) throws {
        self.app = app
        self.options = options
        store = try app.backend.require(.schedule)
        publisher = TickPublisher(app: app, store: store)
    }

    /// Returns when cancelled.
    ///
    /// - Throws: `BrokerError` that is not transient.
    func run() async throws {
        app.logger.info("beat starts", metadata: ["declared": "\(app.declaredEntries.count)"])
        var agenda = Agenda()
        var isDeclared = !options.synchronizes
        var pauses = Pauses()
        var latest = app.time.now
        while !Task.isCancelled {
            do {
                if !isDeclared { try await store.synchronize(app.declaredEntries, of: options.owner) }
                isDeclared = true
                // If the clock was set back, the remembered entries would be due far too late.
                if app.time.now < latest { agenda = Agenda() }
                latest = app.time.now
                try await refresh(&agenda)
                try await publishDue(&agenda)
                pauses = Pauses()
                try await app.time.sleep(for: pause(agenda))
            } catch is CancellationError {
                break
            } catch let error as BrokerError where error.isTransient {
                app.logger.warning("the beat waits for its broker", metadata: ["error": "\(error)"])
                guard (try? await app.time.sleep(for: pauses.next())) != nil else { break }
            }
        }
        app.logger.info("beat stopped")
    }

    /// Runs the beat inside a worker: after an error of the beat it starts again, so that the worker goes on.
    func runBesideWorker() async {
        while !Task.isCancelled {
            do { return try await run() } catch {
                app.logger.error("the beat failed and starts again", metadata: ["error": "\(error)"])
                guard (try? await app.time.sleep(for: .seconds(5))) != nil else { return }
            }
        }
    }

    private func refresh(_ agenda: inout Agenda) async throws {
        guard try await store.scheduleGeneration() != agenda.generation else { return }
        let snapshot = try await store.schedule()
        agenda.load(snapshot, at: app.time.now)
        for (name, reason) in snapshot.unreadable {
            app.logger.error(
                "a schedule entry cannot be decoded and is skipped",
                metadata: ["entry": "\(name)", "error": "\(reason)"])
        }
    }

    private func pause(_ agenda: Agenda) -> Duration {
        guard let wake = agenda.nextWake else { return options.maxInterval }
        let distance = wake.timeIntervalSince(app.time.now)
        // A timer may fire early by less than a millisecond. The minimum avoids a busy loop until then.
        return distance < options.maxInterval.seconds ? max(.milliseconds(1), .seconds(distance)) : options.maxInterval
    }

    // MARK: What is due

    /// - Throws: the first error of the broker; the affected entries stay due.
    private func publishDue(_ agenda: inout Agenda) async throws {
        var due = agenda.takeDue(app.time.now)[...]
        var failure: (any Error)?
        await withTaskGroup(of: Tended.self) { group in
            for record in due.prefix(Self.concurrency) { group.addTask { await tend(record) } }
            due = due.dropFirst(Self.concurrency)
            while let tended = await group.next() {
                agenda.put(tended)
                failure = failure ?? tended.failure
                if let record = due.popFirst() { group.addTask { await tend(record) } }
            }
        }
        if let failure { throw failure }
        try Task.checkCancellation()
    }

    private func tend(_ record: ScheduleRecord) async -> Tended {
        do {
            return try await publishTicks(of: record)
        } catch let error where error is CancellationError || (error as? BrokerError)?.isTransient == true {
            return Tended(name: record.name, record: record, wake: record.wake(at: app.time.now), failure: error)
        } catch {
            app.logger.error(
                "a tick could not be published", metadata: ["entry": "\(record.name)", "error": "\(error)"])
            let now = app.time.now
            let next = record.schedule.next(after: now) ?? .distantFuture
            return Tended(name: record.name, record: record, wake: min(next, now.adding(Self.retry)))
        }
    }

    private func publishTicks(of record: ScheduleRecord) async throws -> Tended {
        var record = record
        for _ in 0..<Self.mostAttempts {
            let now = app.time.now
            guard !record.entry.isPaused else { return Tended(name: record.name, record: record) }
            let due = record.due(at: now, grace: options.grace)
            clockNotice.give(of: record, at: now, to: app)
            guard due.last != nil else { return Tended(name: record.name, record: record, wake: due.next) }
            if let state = try await publisher.publish(due, of: record, at: now) {
                record.state = state
                return Tended(name: record.name, record: record, wake: due.next)
            }
            // Another beat was faster, or the entry has changed.
            guard let newer = try await store.scheduleRecord(of: record.name) else { return Tended(name: record.name) }
            // Another beat has claimed the tick and not published it yet.
            if newer.state == record.state { break }
            record = newer
        }
        return Tended(name: record.name, record: record, wake: app.time.now.adding(.seconds(1)))
    }
}

/// The result of handling an entry.
struct Tended: Sendable {
    let name: String
    /// The entry from now on; `nil` if it no longer exists.
    var record: ScheduleRecord?
    /// When the entry must be handled again; `nil` if not before it changes.
    var wake: Date?
    /// The error of the broker that prevented the work.
    var failure: (any Error)?
}
