#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Synchronization

/// The calls that this worker must not start, revoked by id or by stamp. The worker reports them to `revoked`, and
/// passes them on to workers that start later.
///
/// Kept in addition to the broker's own ``RevocationStore``, which outlives the worker. If the broker has none, these
/// are the only revocations, as in Celery (`celery/worker/state.py`).
final class RevokedCalls: Sendable {
    /// The maximum number of ids, and of stamp values; Celery's `REVOKES_MAX`.
    static let most = 50_000

    private struct State {
        var ids: Set<TaskID> = []
        /// The ids, oldest first, starting at index `first`.
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
    /// Checked at each start, so that the lock is almost never needed.
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

    /// Revokes every call that has one of the values as its stamp of that name.
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
    /// The call's stamps by name: those that `stamped_headers` lists, with one or several values each.
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
