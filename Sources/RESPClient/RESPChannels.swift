import Synchronization

/// A set of channels that can change while one subscription listens to it; see
/// ``RESPClient/subscribe(to:isListening:_:)``.
///
/// ```swift
/// let channels = RESPChannels()
/// async let listening: Void = client.subscribe(to: channels, isListening: { names in … }) { messages in … }
/// channels.insert("news")
/// ```
public final class RESPChannels: Sendable {
    private struct State {
        var names: Set<String> = []
        var send: (@Sendable (RESPCommand) -> Void)?
    }
    private let state = Mutex(State())

    public init() {}

    /// Adds a channel. Its messages are received once `isListening` has been called with its name.
    public func insert(_ channel: String) {
        state.withLock { state in
            guard state.names.insert(channel).inserted else { return }
            // Sends under the lock, so that commands leave in the order of the calls; it only passes them to the event
            // loop.
            state.send?(RESPCommand("SUBSCRIBE", channel))
        }
    }

    /// Removes a channel. Messages that are on their way may still arrive.
    public func remove(_ channel: String) {
        state.withLock { state in
            guard state.names.remove(channel) != nil else { return }
            state.send?(RESPCommand("UNSUBSCRIBE", channel))
        }
    }

    /// Subscribes to all channels over a new connection, and from now on sends changes to it.
    func attach(_ send: @escaping @Sendable (RESPCommand) -> Void) {
        state.withLock { state in
            state.send = send
            guard !state.names.isEmpty else { return }
            var command = RESPCommand("SUBSCRIBE")
            command.append(contentsOf: state.names.sorted())
            send(command)
        }
    }

    func detach() { state.withLock { $0.send = nil } }
}
