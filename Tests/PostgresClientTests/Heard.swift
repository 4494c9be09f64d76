import PostgresClient

/// What a listener says, in order, to be waited for.
final class Heard: Sendable {
    private enum Event: Sendable {
        case state(PostgresListener.State)
        case notification(String)
    }

    private let events: AsyncStream<Event>

    private init(_ events: AsyncStream<Event>) { self.events = events }

    static func listener(_ configuration: PostgresConfiguration) -> (Heard, PostgresListener) {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        let listener = PostgresListener(
            configuration, onChange: { continuation.yield(.state($0)) },
            onNotification: { continuation.yield(.notification("\($0):\($1)")) })
        return (Heard(events), listener)
    }

    /// Waits until it listens.
    func listening() async {
        for await case .state(.listening) in events { return }
    }

    /// Waits until it is away.
    func away() async -> PostgresError? {
        for await case .state(.away(let error)) in events { return error }
        return nil
    }

    func deaf() async {
        for await case .state(.deaf) in events { return }
    }

    /// Waits for the next notification: channel and payload.
    func notification() async -> String? {
        for await case .notification(let text) in events { return text }
        return nil
    }
}
