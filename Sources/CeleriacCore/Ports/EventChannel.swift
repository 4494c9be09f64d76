/// Carries monitoring events from workers to observers. Events that nobody receives are lost.
public protocol EventChannel: Sendable {
    /// Sends events in order; task events are sent together if the wire allows it.
    func emit(_ events: [MonitorEvent]) async throws

    /// Receives every event from now on until cancelled; reconnects after lost connections.
    ///
    /// - Parameters:
    ///   - isListening: called each time events begin to arrive: at first, and after each reconnection.
    ///   - handle: called with the events that arrived together.
    func receiveEvents(
        isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable ([MonitorEvent]) async -> Void
    ) async throws
}
