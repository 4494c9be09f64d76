import CeleriacCore
import CeleriacRQWire
import Foundation
import Logging
import RESPClient
import RedisKit
import StoreKit

/// RQ's cron scheduler: enqueues functions when they are due. RQ's tools list it.
///
/// ```swift
/// let cron = RQCron(store, [try RQCronEntry(calling: "swift.ping", in: "default", every: .seconds(30))])
/// try await cron.run()
/// ```
///
/// Any number of schedulers may run with the same entries. Redis keeps the last published tick of each entry, and the
/// script that enqueues the job advances it, so that each tick comes once. (RQ's own schedulers do not know of each
/// other.) Ticks that were missed while no scheduler ran are made up for by one run.
///
/// ```
/// ZSET rq:cron_schedulers                 name -> last heartbeat, in seconds
/// HASH rq:cron_scheduler:<name>           see RQCronScheduler; stands for two minutes
/// ZSET rq:cron_jobs, rq:cron_job:<entry>:jobs    names by their last run; ids of the last 1,000 jobs
/// STR  rq:celeriac:cron:<entry>           the last tick, in microseconds
/// ZSET rq:celeriac:cron:<entry>:ahead     ticks that a clock which ran ahead has published: each still comes once
/// ```
///
/// Source of the format: RQ 3.0.0, `cron.py`, `cron_job_registry.py`, `cron_scheduler_registry.py`.
public struct RQCron: Sendable {
    private let store: RQStore
    private let name: String
    private let configurationFile: String
    let entries: [RQCronEntry]

    /// - Parameters:
    ///   - name: the name in RQ's tools; by default host, process and six digits, as in RQ.
    ///   - configurationFile: the file that RQ's tools show as the source of the entries.
    public init(
        _ store: RQStore, _ entries: [RQCronEntry], name: String? = nil, configurationFile: String = ""
    ) {
        self.store = store
        self.entries = entries
        self.name = name ?? "\(RQIdentity.host):\(RQIdentity.processID):\(RQIdentity.nonce().prefix(6))"
        self.configurationFile = configurationFile
    }

    /// Enqueues due jobs until cancelled.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidConfiguration` if a scheduler of that name runs already; the error
    ///   if an entry cannot be enqueued; ``BrokerError`` if waiting does not help.
    public func run() async throws {
        var state = State(entries, createdAt: store.time.now)
        try await register(state)
        do {
            while true {
                let pause = try await patiently { try await step(&state) }
                try await store.time.sleep(for: pause)
            }
        } catch is CancellationError {
            await unregister()
        } catch {
            await unregister()
            throw error
        }
    }

    // MARK: Steps

    /// The state that is kept from one step to the next.
    struct State {
        let createdAt: Date
        /// The last tick of each entry that was dealt with, and when it was enqueued.
        var last: [Date]
        var latest: [Date?]
        /// Whether a warning that the clock ran ahead was logged.
        var hasWarned = false

        init(_ entries: [RQCronEntry], createdAt: Date) {
            self.createdAt = createdAt
            // An interval is due at once, a crontab at its next time.
            last = entries.map { entry in
                guard case .every(let seconds) = entry.timing else { return createdAt }
                return createdAt.addingTimeInterval(-Double(seconds))
            }
            latest = entries.map { _ in nil }
        }
    }

    /// - Returns: how long nothing is due; at most a minute.
    func step(_ state: inout State) async throws -> Duration {
        var hasEnqueued = false
        for (position, entry) in entries.enumerated() {
            let now = store.time.now
            if state.last[position] > now { goOn(from: now, &state, position) }
            guard let tick = entry.timing.schedule.latestTick(after: state.last[position], through: now) else {
                continue
            }
            if try await publish(entry, tick, at: now) {
                state.latest[position] = now
                hasEnqueued = true
            }
            state.last[position] = tick
        }
        try await beat(state, isChanged: hasEnqueued)
        let now = store.time.now
        let next = zip(entries, state.last).compactMap { $0.timing.schedule.next(after: $1) }.min()
        return min(.seconds(60), next.map { max(.zero, .bounded(seconds: $0.timeIntervalSince(now))) } ?? .seconds(60))
    }

    /// Resets a last tick that is ahead of the clock to now.
    private func goOn(from now: Date, _ state: inout State, _ position: Int) {
        if !state.hasWarned {
            store.logger.warning(
                "the last tick of a cron entry lies in the future: the clock ran ahead; it counts as now",
                metadata: [
                    "entry": "\(entries[position].name)", "last_tick": "\(state.last[position])", "now": "\(now)",
                ])
        }
        state.hasWarned = true
        state.last[position] = now
    }

    /// - Returns: whether this scheduler published the tick, and no other did before.
    private func publish(_ entry: RQCronEntry, _ tick: Date, at now: Date) async throws -> Bool {
        let id = Tick(entry: entry.name, date: tick).taskID
        let job = try entry.job(id, as: store.options.serializer, at: now, limits: store.options.limits)
        let prepared = try RQPreparedJob(job, in: entry.queue, .back, .overwrite)
        var words: RESPWords = [entry.name, String(tick.microseconds), String(now.microseconds), 1]
        prepared.append(to: &words)
        guard try await store.run(RQScripts.cron, words).integer == 1 else { return false }
        store.wakeUps.ring([entry.queue])
        return true
    }

    /// Tries again until Redis answers.
    private func patiently<Value>(_ body: () async throws -> Value) async throws -> Value {
        while true {
            do { return try await body() } catch let error as BrokerError where error.isTransient {
                store.logger.debug("A cron scheduler waits for Redis", metadata: ["error": "\(error)"])
                try await store.time.sleep(for: .seconds(1))
            }
        }
    }

    // MARK: Being listed

    private func register(_ state: State) async throws {
        var command = RESPCommand("ZADD", store.keys.cronSchedulers)
        command.append(contentsOf: ["NX", store.time.now.scoreText, name])
        guard try await store.send(command).integer == 1 else {
            throw CeleriacError(
                .invalidConfiguration,
                "a cron scheduler named \(name.debugDescription) is listed already: give this one another name, or wait "
                    + "for two minutes if that one is dead")
        }
        try await save(state)
    }

    /// Renews the listing, even if its hash has expired meanwhile.
    private func beat(_ state: State, isChanged: Bool) async throws {
        var command = RESPCommand("ZADD", store.keys.cronSchedulers)
        command.append(contentsOf: [store.time.now.scoreText, name])
        _ = try await store.send(command)
        let key = store.keys.cronScheduler(name)
        let stands = try await store.send(RESPCommand("EXPIRE", key, Self.lifetime)).integer == 1
        if isChanged || !stands { try await save(state) }
    }

    private func save(_ state: State) async throws {
        var scheduler = RQCronScheduler(name: name)
        (scheduler.hostname, scheduler.processID) = (RQIdentity.host, RQIdentity.processID)
        (scheduler.createdAt, scheduler.configurationFile) = (state.createdAt, configurationFile)
        scheduler.jobs = entries.indices.map { position in
            entries[position].listed(
                latest: state.latest[position],
                next: entries[position].timing.schedule.next(after: state.last[position]))
        }
        let key = store.keys.cronScheduler(name)
        var command = RESPCommand("HSET", key)
        for field in scheduler.fields.fields {
            command.append(field.name)
            command.append(field.value)
        }
        _ = try await store.send(command)
        _ = try await store.send(RESPCommand("EXPIRE", key, Self.lifetime))
    }

    private func unregister() async {
        let command = RESPCommand("ZREM", store.keys.cronSchedulers, name)
        do {
            // The end is waited for even in a cancelled task.
            try await store.server.shielded { _ = try await store.send(command) }
        } catch {
            store.logger.debug("A cron scheduler's line will lapse", metadata: ["error": "\(error)"])
        }
    }

    private static let lifetime = 120
}
