import Synchronization

/// The events of workers about themselves and their calls, from the moment when the iteration starts.
///
/// ```swift
/// for try await event in try app.events() where event.kind == .taskFailed {
///     print(event.node, event.taskID ?? "", event.fields["exception"] ?? "")
/// }
/// ```
///
/// A worker emits events about its calls only if it is asked to: by `worker -E`, or ``RemoteControl/enableEvents()``.
/// Events are not kept for later listeners. After a broken connection the sequence goes on, with a gap. It ends when
/// its task is cancelled, and throws `BrokerError` if the broker refuses.
public struct MonitorEvents: AsyncSequence, Sendable {
    public typealias Element = MonitorEvent

    let channel: any EventChannel
    let buffer: Int
    let isListening: @Sendable () async -> Void
    private let drops = Drops()

    init(channel: any EventChannel, buffer: Int, isListening: @escaping @Sendable () async -> Void) {
        self.channel = channel
        self.buffer = buffer
        self.isListening = isListening
    }

    /// The number of events dropped so far because they were not read in time, over all iterations of this sequence.
    public var dropped: Int { drops.count.withLock { $0 } }

    public func makeAsyncIterator() -> Iterator {
        let (stream, events) = AsyncThrowingStream.makeStream(
            of: MonitorEvent.self, bufferingPolicy: .bufferingNewest(buffer)
        )
        // Unstructured, because an iterator has no scope. The stream cancels it when nothing can read from it any
        // longer.
        let receiving = Task { [channel, isListening, drops] in
            do {
                try await channel.receiveEvents(isListening: isListening) { batch in drops.pass(batch, to: events) }
                events.finish()
            } catch {
                events.finish(throwing: error)
            }
        }
        events.onTermination = { _ in receiving.cancel() }
        return Iterator(events: stream.makeAsyncIterator())
    }

    /// Receives events from its creation until it is dropped.
    public struct Iterator: AsyncIteratorProtocol {
        var events: AsyncThrowingStream<MonitorEvent, any Error>.Iterator

        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> MonitorEvent? {
            try await events.next(isolation: actor)
        }
    }

    private final class Drops: Sendable {
        let count = Guarded(0)

        func pass(_ batch: [MonitorEvent], to events: AsyncThrowingStream<MonitorEvent, any Error>.Continuation) {
            for event in batch {
                if case .dropped = events.yield(event) { count.withLock { $0 += 1 } }
            }
        }
    }
}
