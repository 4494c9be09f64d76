/// Carries monitoring events from workers to whoever watches. Nobody watching, they are gone.
public protocol EventChannel: Sendable {
    /// Sends events in their order; those of tasks together where the wire allows it.
    func emit(_ events: [MonitorEvent]) async throws

    /// Receives every event from now on, for as long as it is not cancelled, over broken connections.
    ///
    /// - Parameters:
    ///   - isListening: called each time that events begin to arrive: at first, and after each new connection.
    ///   - handle: called with what came together.
    func receiveEvents(
        isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable ([MonitorEvent]) async -> Void
    ) async throws
}
