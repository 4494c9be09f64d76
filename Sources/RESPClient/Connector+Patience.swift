import Logging
import NIOCore

extension Connector {
    /// Connects, and repeats failed attempts with growing pauses until `due`, unless a further attempt would be
    /// pointless.
    func connectPatiently(
        for purpose: ConnectionMachine.Purpose, due: NIODeadline = .distantFuture
    ) async throws -> RESPConnection {
        var backoff = Backoff()
        while true {
            try Task.checkCancellation()
            if connections.isClosed { throw RESPError.clientClosed }
            do {
                try await Pause.sleep(min(backoff.next(), .nanoseconds((due - .now()).nanoseconds)))
                return try await connect(for: purpose, due: due)
            } catch let error as RESPError where error.isTransient && patience.isPatient {
                logger.debug("not connected", metadata: ["reason": "\(error)"])
                if due.isPast(.now()) { throw error }
            }
        }
    }
}
