/// What a single worker is told by somebody who gets no answer.
public struct WorkerOrder: Sendable, Hashable, CustomStringConvertible {
    private enum Kind: String {
        case shutDown = "shutdown"
        case killRunning = "kill-horse"
    }

    private let kind: Kind

    private init(_ kind: Kind) { self.kind = kind }

    /// End, once what runs has: RQ's `shutdown`.
    public static let shutDown = WorkerOrder(.shutDown)
    /// End what runs now, without grace, and go on: RQ's `kill-horse`.
    public static let killRunning = WorkerOrder(.killRunning)

    /// In RQ's words.
    public var description: String { kind.rawValue }
}

/// A channel over which a single worker is given orders, as by RQ's commands.
///
/// For brokers that have no ``ControlChannel``; there the same are some of the commands.
public protocol WorkerOrderChannel: Sendable {
    /// Hears of each order to a worker, for as long as it is not cancelled, over broken connections.
    ///
    /// - Parameters:
    ///   - worker: its name, as it beats; orders to others are left out.
    ///   - isListening: called each time that orders begin to arrive: at first, and after each new connection.
    ///   - handle: called for each order, one after the other; nobody waits for an answer.
    func serveOrders(
        of worker: String, isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable (WorkerOrder) async -> Void
    ) async throws
}
