import CeleriacCore
package import Logging
package import RESPClient
import Synchronization

/// Delivers the messages of channels to any number of waiters in this process, over one shared connection.
///
/// A new waiter must look once the server has confirmed the subscription, and again after each new connection. So it
/// misses nothing between its look and the first message.
package final class Notices: Sendable {
    private struct State {
        var ears: [String: [ObjectIdentifier: Ear]] = [:]
        var confirmed: Set<String> = []
        /// A channel without waiters. The last channel stays subscribed: without any, the server may drop the
        /// connection.
        var parked: String?
        var run: Task<Void, Never>?
        var isClosed = false
    }
    private let state = Guarded(State())
    private let channels = RESPChannels()
    private let client: RESPClient
    private let logger: Logger

    package init(_ client: RESPClient, _ logger: Logger) {
        self.client = client
        self.logger = logger
    }

    /// Starts to listen to a channel. Call ``leave(_:)`` at the end.
    package func listen(to channel: String) -> Ear {
        let ear = Ear(channel)
        let isConfirmed = state.withLock { state in
            state.ears[channel, default: [:]][ObjectIdentifier(ear)] = ear
            channels.insert(channel)
            if let parked = state.parked.take(), parked != channel { remove(parked, &state) }
            // Not a child of the waiter's task: it serves all waiters, and ends with the store.
            if state.run == nil, !state.isClosed {
                state.run = Task(executorPreference: client.executor) { await self.run() }
            }
            return state.confirmed.contains(channel)
        }
        if isConfirmed { ear.mustLook() }
        return ear
    }

    package func leave(_ ear: Ear) {
        state.withLock { state in
            state.ears[ear.channel]?[ObjectIdentifier(ear)] = nil
            guard state.ears[ear.channel]?.isEmpty == true else { return }
            state.ears[ear.channel] = nil
            if state.ears.isEmpty { state.parked = ear.channel } else { remove(ear.channel, &state) }
        }
    }

    package func close() {
        let run = state.withLock { state in
            state.isClosed = true
            return state.run.take()
        }
        run?.cancel()
    }

    private func remove(_ channel: String, _ state: inout State) {
        channels.remove(channel)
        state.confirmed.remove(channel)
    }

    private func run() async {
        do {
            try await client.subscribe(to: channels) { names in
                self.confirm(names)
            } _: { messages in
                for message in messages {
                    for ear in self.ears(of: message.channel) { ear.hear(message.payload) }
                }
            }
        } catch {
            logger.debug(
                "Notices cannot be received; waiting callers poll once a second", metadata: ["error": "\(error)"])
        }
        // The next caller that listens tries again.
        state.withLock { state in
            state.run = nil
            state.confirmed = []
        }
    }

    private func confirm(_ names: [String]) {
        let ears = state.withLock { state in
            for name in names where state.ears[name] != nil || state.parked == name { state.confirmed.insert(name) }
            return names.flatMap { state.ears[$0].map { Array($0.values) } ?? [] }
        }
        for ear in ears { ear.mustLook() }
    }

    private func ears(of channel: String) -> [Ear] {
        state.withLock { $0.ears[channel].map { Array($0.values) } ?? [] }
    }
}
