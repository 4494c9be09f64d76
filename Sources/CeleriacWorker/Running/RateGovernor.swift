#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Synchronization

/// Decides when a call of a rate-limited task may start, by this worker's own count or by one that all share.
struct RateGovernor: Sendable {
    let limits: LiveLimits
    /// The store that counts for all workers.
    let shared: (any StartLimiter)?
    private let own = OwnStarts()

    init(limits: LiveLimits, shared: (any StartLimiter)?) {
        self.limits = limits
        self.shared = shared
    }

    /// - Returns: `nil` if the call may start now, otherwise the time at which it may.
    /// - Throws: ``BrokerError`` if the shared count cannot be reached.
    func startTime(
        of id: TaskID, _ task: AnyTask, _ limit: RateLimit, _ arguments: ReceivedArguments, now: Date
    ) async throws -> Date? {
        switch limit.scope {
        case .worker:
            return own.startTime(of: id, task.name, limit, now: now)
        case .global:
            return try await reserve(id, "\(task.name)", limit)
        case .argument(let name):
            return try await reserve(id, "\(task.name):\(name)=\(task.text(of: name, in: arguments))", limit)
        }
    }

    /// Forgets the planned starts of a task, after its limit was changed.
    func forget(_ task: TaskName) { own.forget(task) }

    /// - Throws: `CeleriacError` with code `unsupported` for the first task whose limit neither store of the app can
    ///   share, or with `invalidConfiguration` if the limit counts by an argument that the task does not have.
    func check(_ tasks: [AnyTask], on backend: Backend) throws {
        for task in tasks {
            guard let limit = task.options.rateLimit, limit.scope != .worker else { continue }
            guard shared != nil else {
                throw CeleriacError(
                    .unsupported,
                    "task \"\(task.name)\" has the rate limit \(limit), and \(backend.explanation(ofLacking: .limiter)), or "
                        + "the task a limit for each worker"
                )
            }
            try check(task, limit)
        }
    }

    private func check(_ task: AnyTask, _ limit: RateLimit) throws {
        guard case .argument(let name) = limit.scope, let parameters = task.parameters else { return }
        guard !parameters.contains(where: { $0.answers(to: JSONKey(name)) }) else { return }
        let known = parameters.map(\.name).joined(separator: ", ")
        throw CeleriacError(
            .invalidConfiguration,
            "task \"\(task.name)\" is rate-limited by its argument \"\(name)\", but takes only: \(known)"
        )
    }

    private func reserve(_ id: TaskID, _ key: String, _ limit: RateLimit) async throws -> Date? {
        try await shared?.reserveStart(of: id, under: key.clippedKey, every: limit.interval)
    }
}

/// Spaces the starts of rate-limited tasks on this worker, evenly, with no burst (a leaky bucket).
///
/// A call that comes too early gets the next free start time and goes back to the broker until then; it keeps that
/// time, so calls do not race for it when they come back.
private final class OwnStarts: Sendable {
    private struct State {
        /// The next free start time, by task.
        var next: [TaskName: Date] = [:]
        var reserved: [TaskID: (task: TaskName, start: Date)] = [:]
    }

    /// At this number of reservations, those that no call came back for are removed.
    private static let sweepAt = 10_000
    private let state = Guarded(State())

    func startTime(of id: TaskID, _ task: TaskName, _ limit: RateLimit, now: Date) -> Date? {
        state.withLock { state in
            if let reserved = state.reserved[id]?.start {
                guard reserved <= now else { return reserved }
                state.reserved[id] = nil
                return nil
            }
            let start = max(now, state.next[task] ?? now)
            state.next[task] = start.adding(limit.interval)
            guard start > now else { return nil }
            if state.reserved.count >= Self.sweepAt {
                state.reserved = state.reserved.filter { $0.value.start > now.addingTimeInterval(-60) }
            }
            state.reserved[id] = (task, start)
            return start
        }
    }

    func forget(_ task: TaskName) {
        state.withLock { state in
            state.next[task] = nil
            state.reserved = state.reserved.filter { $0.value.task != task }
        }
    }
}

extension AnyTask {
    /// The value that a call gives for a parameter, as canonical JSON text; empty if it gives none.
    fileprivate func text(of name: String, in arguments: ReceivedArguments) -> String {
        let parameter = parameters?.first { $0.answers(to: JSONKey(name)) }
        let names = [name, parameter?.name, parameter?.label].compactMap { name in name.map { JSONKey($0) } }
        let place = parameter?.position.flatMap { position in
            arguments.positional.indices.contains(position) ? arguments.positional[position] : nil
        }
        guard let range = place ?? arguments.keywords.last(where: { names.contains($0.name) })?.range else { return "" }
        return (try? JSONValue(parsing: arguments.body[range], limits: .checkedBefore))?.text ?? ""
    }
}

extension String {
    /// The maximum number of bytes of a key that is used unchanged.
    private static let longestKey = 200

    /// A key of bounded length: its beginning, and a hash of the whole (FNV-1a, which is the same in every process).
    fileprivate var clippedKey: String {
        guard utf8.count > Self.longestKey else { return self }
        let hash = utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(decoding: utf8.prefix(100), as: UTF8.self) + "#" + String(hash, radix: 16)
    }
}
