import AMQPClient
import CeleriacCore
import Synchronization

/// Arrivals that no claim takes.
extension Subscription {
    private enum Finding {
        case nothing
        case early(Duration)
        case unclaimed(ArraySlice<Arrival>, AMQPConsumer?)
    }

    /// Gives arrivals back if nobody claims them. Ends when a claim waits or nothing is left.
    func watchArrivals() {
        Task {
            var pause = ClaimWatch.patience
            while true {
                try await Task.sleep(for: pause)
                switch look() {
                case .nothing: return
                case .early(let rest): pause = rest
                case .unclaimed(let arrivals, let consumer):
                    if let consumer { cancel(consumer) }
                    return await store.giveBack(arrivals, of: queue)
                }
            }
        }
    }

    private func look() -> Finding {
        state.withLock { state in
            guard state.askers == 0, let oldest = state.arrivals.oldest else {
                state.isWatched = false
                return .nothing
            }
            let rest = state.claims.rest(oldest: oldest.arrivedAt, at: .now)
            guard rest <= .zero else { return .early(rest) }
            state.isWatched = false
            if state.pause == nil { state.pause = Gate() }
            state.window.close()
            return .unclaimed(state.arrivals.takeAll(), state.consumer)
        }
    }
}

/// Says when arrivals that no claim takes go back to their queue.
struct ClaimWatch: Sendable {
    /// How long after the last claim. Long enough for a worker to come again for the next messages, short enough for
    /// others that wait for them.
    static let patience = Duration.milliseconds(50)
    /// How long the oldest arrival may wait although others are claimed: the claims have become rare.
    static let longestWait = Duration.milliseconds(500)

    /// When the last claim ended.
    var last = ContinuousClock.now

    /// How much longer the arrivals stay; not positive if they go back now.
    func rest(oldest arrival: ContinuousClock.Instant, at now: ContinuousClock.Instant) -> Duration {
        min(last + Self.patience, arrival + Self.longestWait) - now
    }
}

extension Subscription.State {
    /// Notes that arrivals wait and no claim does, except in a queue that only this consumer has: no other one could
    /// claim them.
    ///
    /// - Returns: whether a watch must begin.
    mutating func mustBeWatched() -> Bool {
        guard !isWatched, askers == 0, arrivals.count > 0, session?.ownQueue == nil else { return false }
        isWatched = true
        return true
    }
}
