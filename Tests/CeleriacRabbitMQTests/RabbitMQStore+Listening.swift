import AMQPClient
import CeleriacCore
import CeleriacTesting
import RabbitMQUnderTest

@testable import CeleriacRabbitMQ

extension RabbitMQStore {
    /// Serves as a node that answers `pong` while `body` runs.
    ///
    /// - Parameter body: receives what was heard: each begin of listening, and each command.
    func withNode(
        _ name: String, _ body: (Heard<Void>, Heard<ControlCommand>) async throws -> Void
    ) async throws {
        let (listening, heard) = (Heard<Void>(), Heard<ControlCommand>())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                try await serve(as: name, isListening: { listening.hear(()) }) { command in
                    heard.hear(command)
                    return .reply(["ok": "pong"])
                }
            }
            _ = await listening.next()
            try await body(listening, heard)
            group.cancelAll()
        }
    }

    /// Receives events while `body` runs.
    func withWatcher(
        _ body: (Heard<Void>, Heard<MonitorEvent>) async throws -> Void
    ) async throws {
        let (listening, heard) = (Heard<Void>(), Heard<MonitorEvent>())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                try await receiveEvents(isListening: { listening.hear(()) }) { events in
                    for event in events { heard.hear(event) }
                }
            }
            _ = await listening.next()
            try await body(listening, heard)
            group.cancelAll()
        }
    }

    /// Asks a node for its pong.
    func ping(_ node: String, timeout: Duration = .seconds(20)) async throws -> [JSONValue] {
        try await ask(ControlCommand("ping", to: [node]), timeout: timeout).map(\.value)
    }
}

extension RabbitMQStore {
    /// Closes every connection to the store's virtual host, as an operator may.
    func closeAllConnections() async throws {
        try await RabbitMQServer.shared().control(
            "close_all_connections", "--vhost", configuration.virtualHost, "a test")
    }
}
