/// A one-way command to one worker.
public struct WorkerOrder: Sendable, Hashable, CustomStringConvertible {
    private enum Kind: String {
        case shutDown = "shutdown"
        case killRunning = "kill-horse"
    }

    private let kind: Kind

    private init(_ kind: Kind) { self.kind = kind }

    /// Stop after the running calls have ended: RQ's `shutdown`.
    public static let shutDown = WorkerOrder(.shutDown)
    /// Stop the running calls at once, without grace, and continue working: RQ's `kill-horse`.
    public static let killRunning = WorkerOrder(.killRunning)

    /// The order's name in RQ.
    public var description: String { kind.rawValue }
}

/// A channel that carries orders to a single worker, such as RQ's commands.
///
/// For brokers that have no ``ControlChannel``, which has the same orders among its commands.
public protocol WorkerOrderChannel: Sendable {
    /// Receives orders for a worker until cancelled; reconnects after lost connections.
    ///
    /// - Parameters:
    ///   - worker: its name, as in its heartbeat; orders to other workers are skipped.
    ///   - isListening: called each time orders begin to arrive: at first, and after each reconnection.
    ///   - handle: called for each order, one at a time; it sends no answer.
    func serveOrders(
        of worker: String, isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable (WorkerOrder) async -> Void
    ) async throws
}
