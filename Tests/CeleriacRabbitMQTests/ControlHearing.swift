import AMQPClient
import CeleriacCore
import RabbitMQUnderTest

@testable import CeleriacRabbitMQ

/// The values that a listener has heard, for one task that waits for them.
final class ControlHearing<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(of: Value.self) }

    func hear(_ value: Value) { continuation.yield(value) }

    /// Waits for the next value; `nil` when cancelled. Only one task may call it at a time.
    func next() async -> Value? {
        var values = stream.makeAsyncIterator()
        return await values.next()
    }
}

extension RabbitMQStore {
    /// Serves as a node that answers `pong` while `body` runs.
    ///
    /// - Parameter body: receives what was heard: each begin of listening, and each command.
    func withNode(
        _ name: String, _ body: (ControlHearing<Void>, ControlHearing<ControlCommand>) async throws -> Void
    ) async throws {
        let (listening, heard) = (ControlHearing<Void>(), ControlHearing<ControlCommand>())
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
        _ body: (ControlHearing<Void>, ControlHearing<MonitorEvent>) async throws -> Void
    ) async throws {
        let (listening, heard) = (ControlHearing<Void>(), ControlHearing<MonitorEvent>())
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
