public import CeleriacCore
import Synchronization

extension MemoryStore: EventChannel {
    /// How many emissions are kept for a slow watcher; beyond that its oldest are dropped.
    private static let backlog = 10_000

    public func emit(_ events: [MonitorEvent]) async throws {
        guard !events.isEmpty else { return }
        for (hear, clock) in switchboard.withLock({ $0.send(events) }) { hear(clock) }
    }

    /// A watcher that falls ten thousand emissions behind loses the oldest.
    public func receiveEvents(
        isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable ([MonitorEvent]) async -> Void
    ) async throws {
        let (stream, events) = AsyncStream.makeStream(
            of: [MonitorEvent].self, bufferingPolicy: .bufferingNewest(Self.backlog))
        let listener = switchboard.withLock { $0.add(events) }
        defer { switchboard.withLock { $0.remove(listener) } }
        await isListening()
        for await emission in stream { await handle(emission) }
        throw CancellationError()
    }
}
