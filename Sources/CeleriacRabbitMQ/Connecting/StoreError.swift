import AMQPClient
import CeleriacCore

/// Translates the client's errors to the ones that all brokers throw.
enum StoreError {
    /// - Returns: ``BrokerError`` for an error of the client; any other error unchanged.
    static func translating(_ error: any Error) -> any Error {
        guard let error = error as? AMQPError else { return error }
        return BrokerError(code(of: error), "rabbitmq: \(error.message)")
    }

    /// Why something cannot be stored. What cannot be written as a message at all is refused for good.
    static func refusal(_ error: any Error) -> BrokerError {
        translating(error) as? BrokerError ?? BrokerError(.refused, "rabbitmq: \(error)")
    }

    private static func code(of error: AMQPError) -> BrokerError.Code {
        switch error.code {
        case .unreachable: .unreachable
        case .connectionLost, .channelLost, .channelClosed, .protocolViolation, .consumerCancelled: .connectionLost
        case .deadlineExceeded: .deadlineExceeded
        case .closed: .closed
        // The server is short of memory or disk, or the queue has reached its own limit.
        case .blocked, .refused: .full
        case .server: error.isTransient ? .connectionLost : .refused
        default: .refused
        }
    }
}

extension AMQPError {
    var isNotFound: Bool { server?.isNotFound == true }
}
