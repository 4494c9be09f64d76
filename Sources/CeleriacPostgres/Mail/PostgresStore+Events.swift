public import CeleriacCore
import CeleriacWire
import Logging

extension PostgresStore: EventChannel {
    public func emit(_ events: [MonitorEvent]) async throws {
        let messages = EventMessage.encode(events)
        guard !messages.isEmpty else { return }
        try await send(messages.map { ($0.routingKey.hasPrefix("worker.") ? MailKind.worker : .task, $0) })
    }

    /// A watcher that falls ten thousand emissions behind loses the oldest.
    public func receiveEvents(
        isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable ([MonitorEvent]) async -> Void
    ) async throws {
        try await check()
        try await mailroom.listening(to: [.worker, .task]) { arrivals in
            noticeBoard.listen(to: noticeBoard.channels.mail)
            for await arrival in arrivals {
                switch arrival {
                case .connected: await isListening()
                case .mail(_, let number):
                    let events = try await events(in: number)
                    if !events.isEmpty { await handle(events) }
                }
            }
        }
        throw CancellationError()
    }

    func events(in number: Int64) async throws -> [MonitorEvent] {
        guard let mail = try await mail(number) else { return [] }
        do { return try EventMessage.decode(mail, limits: Self.limits) } catch {
            logger.warning("A malformed event was passed over", metadata: ["error": "\(error)"])
            return []
        }
    }
}
