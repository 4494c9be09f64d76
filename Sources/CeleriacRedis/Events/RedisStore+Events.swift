public import CeleriacCore
import RedisKit
import CeleriacWire
import Logging
import RESPClient

extension RedisStore: EventChannel {
    public func emit(_ events: [MonitorEvent]) async throws {
        let messages = EventMessage.encode(events)
        guard !messages.isEmpty else { return }
        let answers = try await send(
            messages.map { message in
                RESPCommand("PUBLISH", keys.channel(EventMessage.exchange, key: message.routingKey), message.kombuText)
            }, deadline: rest)
        try server.throwFirstError(in: answers)
    }

    public func receiveEvents(
        isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable ([MonitorEvent]) async -> Void
    ) async throws {
        let pattern = keys.channel(EventMessage.exchange).escapedPattern + "/*"
        try await subscribe(patterns: [pattern], isListening: isListening) { [logger] messages in
            for message in messages {
                let events: [MonitorEvent]
                do {
                    events = try EventMessage.decode(
                        Mail(kombuText: message.payload, limits: Self.limits), limits: Self.limits)
                } catch {
                    logger.warning("A malformed event was passed over", metadata: ["error": "\(error)"])
                    continue
                }
                if !events.isEmpty { await handle(events) }
            }
        }
    }
}
