#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Synchronization

/// The calls that this worker was told not to start, by id or by stamp: what it answers to `revoked`, and hands on to
/// workers that start later.
///
/// Beside the broker's own ``RevocationStore``, which outlives it; where the broker has none, this is all there is, as in
/// Celery (`celery/worker/state.py`).
final class RevokedCalls: Sendable {
    /// As Celery's `REVOKES_MAX`, and the most values of stamps.
    static let most = 50_000

    private struct State {
        var ids: Set<TaskID> = []
        /// The oldest first; from `first` on.
        var order: [TaskID] = []
        var first = 0
        var stamps: [JSONKey: Set<JSONValue>] = [:]

        mutating func dropOldest() {
            ids.remove(order[first])
            first += 1
            guard first > 1000, first > order.count / 2 else { return }
            order.removeFirst(first)
            first = 0
        }
    }

    private let state = Guarded(State())
    /// Looked at for each start, where the rest of the state almost never is.
    private let isUsed = Atomic(false)

    var ids: [TaskID] { state.withLock { Array($0.order[$0.first...]) } }

    func add(_ ids: some Sequence<TaskID>) {
        state.withLock { state in
            for id in ids where state.ids.insert(id).inserted {
                state.order.append(id)
                if state.ids.count > Self.most { state.dropOldest() }
            }
        }
        isUsed.store(true, ordering: .releasing)
    }

    /// Revokes every call that bears one of the values as its stamp of that name.
    func add(_ stamps: [JSONKey: [JSONValue]]) {
        state.withLock { state in
            for (name, values) in stamps {
                guard state.stamps.values.reduce(0, { $0 + $1.count }) + values.count <= Self.most else { return }
                state.stamps[name, default: []].formUnion(values)
            }
        }
        isUsed.store(true, ordering: .releasing)
    }

    func contains(_ envelope: Envelope) -> Bool {
        guard isUsed.load(ordering: .acquiring) else { return false }
        return state.withLock { state in
            if state.ids.contains(envelope.id) { return true }
            guard !state.stamps.isEmpty else { return false }
            return envelope.headers.stamps.contains { name, values in
                state.stamps[name].map { !$0.isDisjoint(with: values) } ?? false
            }
        }
    }
}

extension MessageHeaders {
    /// The call's stamps by name: those that `stamped_headers` lists. Each has one value or several.
    var stamps: [JSONKey: [JSONValue]] {
        guard let names = extra["stamped_headers"]?.arrayValue, let stamps = extra["stamps"]?.objectValue else {
            return [:]
        }
        var found: [JSONKey: [JSONValue]] = [:]
        for name in names.compactMap(\.keyValue) {
            guard let value = stamps[name], !value.isNull else { continue }
            found[name] = value.arrayValue ?? [value]
        }
        return found
    }
}
