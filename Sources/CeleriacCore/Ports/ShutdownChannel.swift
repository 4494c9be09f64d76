/// A channel over which a single worker is told to end, as by RQ's command `shutdown`.
///
/// For brokers that have no ``ControlChannel``; there the same is one of the commands.
public protocol ShutdownChannel: Sendable {
    /// Hears of each request to end a worker, for as long as it is not cancelled, over broken connections.
    ///
    /// - Parameters:
    ///   - worker: its name, as it beats; requests for others are left out.
    ///   - isListening: called each time that requests begin to arrive: at first, and after each new connection.
    ///   - handle: called for each request; nobody waits for an answer.
    func serveShutdowns(
        of worker: String, isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable () async -> Void
    ) async throws
}
