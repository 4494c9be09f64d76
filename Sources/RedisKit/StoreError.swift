package import CeleriacCore
package import RESPClient

/// Translates the client's errors to the ones that all brokers throw.
package enum StoreError {
    /// - Returns: ``BrokerError`` for an error of the client; any other error unchanged.
    ///
    /// - Parameter command: the failed command, if there was only one. Its key is named if it holds another kind of
    ///   value.
    package static func translating(
        _ error: any Error, of command: RESPCommand? = nil, _ configuration: RESPConfiguration
    ) -> any Error {
        guard let error = error as? RESPError else { return error }
        let hint = command.map { Self.hint(about: error.server, $0) } ?? ""
        return BrokerError(
            code(of: error), "redis at \(place(configuration)): \(message(of: error, configuration))\(hint)",
            underlying: error.server)
    }

    /// Translates an error that is one of the answers to several commands.
    package static func translating(_ error: RESPServerError, _ configuration: RESPConfiguration) -> BrokerError {
        BrokerError(
            code(ofServer: error.kind), "redis at \(place(configuration)): \(error.description)", underlying: error)
    }

    /// The message without the server's address, which stands before it already.
    private static func message(of error: RESPError, _ configuration: RESPConfiguration) -> String {
        guard case .host(let host, let port) = configuration.address, error.message.hasPrefix("\(host):\(port): ")
        else {
            return error.message
        }
        return String(error.message.dropFirst("\(host):\(port): ".count))
    }

    private static func hint(about error: RESPServerError?, _ command: RESPCommand) -> String {
        guard error?.kind == "WRONGTYPE", let key = command.key else { return "" }
        return "; the key is \(key.debugDescription): rename it or delete it"
    }

    private static func code(of error: RESPError) -> BrokerError.Code {
        switch error.code {
        case .unreachable: .unreachable
        case .connectionLost, .protocolViolation: .connectionLost
        case .deadlineExceeded: .deadlineExceeded
        case .closed: .closed
        case .server: code(ofServer: error.server?.kind ?? "")
        default: .refused
        }
    }

    package static func code(ofServer kind: String) -> BrokerError.Code {
        switch kind {
        case "OOM", "MISCONF": .full
        case "READONLY": .readOnly
        case "LOADING", "BUSY", "MASTERDOWN", "NOREPLICAS", "TRYAGAIN", "CLUSTERDOWN", "UNKILLABLE": .busy
        default: .refused
        }
    }

    package static func place(_ configuration: RESPConfiguration) -> String {
        switch configuration.address {
        case .host(let host, let port): "\(host):\(port)/\(configuration.database)"
        case .unixSocket(let path): "\(path)/\(configuration.database)"
        case .sentinel(_, let service): "sentinel \(service)/\(configuration.database)"
        }
    }
}
