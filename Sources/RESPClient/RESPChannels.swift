import Synchronization

/// Channels that come and go while one subscription listens to them; see ``RESPClient/subscribe(to:isListening:_:)``.
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

    /// Listens to a channel as well, from the time that `isListening` has named it.
    public func insert(_ channel: String) {
        state.withLock { state in
            guard state.names.insert(channel).inserted else { return }
            // Under the lock, so that commands leave in the order of the calls; it only hands them to the event loop.
            state.send?(RESPCommand("SUBSCRIBE", channel))
        }
    }

    /// Listens to a channel no more. What is on its way may still come.
    public func remove(_ channel: String) {
        state.withLock { state in
            guard state.names.remove(channel) != nil else { return }
            state.send?(RESPCommand("UNSUBSCRIBE", channel))
        }
    }

    /// Subscribes to all on a new connection, and from now on sends changes to it.
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
