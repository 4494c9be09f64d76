import AMQPClient
import CeleriacWire
import Logging

/// The parts that remote control and events of one store share: the channels on which they publish, and the connections
/// of their listeners.
struct Monitoring: Sendable {
    let clock = MailboxClock()
    let listeners: Listeners
    /// For commands and replies.
    let control: Renewed<AMQPChannel>
    let events: Renewed<AMQPChannel>

    init(_ publishing: Line, _ logger: Logger) {
        listeners = Listeners(publishing.configuration, logger)
        control = publishing.channel(with: [.commands, .replies])
        events = publishing.channel(with: [.events])
    }

    /// Ends all listeners.
    func close() async { await listeners.close() }
}

extension Line {
    /// A channel on which these exchanges exist: a publish to an unknown one would end the channel.
    fileprivate func channel(with exchanges: [MailExchange]) -> Renewed<AMQPChannel> {
        Renewed(isOpen: { $0.closure == nil }) { [self] in
            let channel = try await openChannel()
            for exchange in exchanges { try await channel.declare(exchange) }
            return channel
        }
    }
}
